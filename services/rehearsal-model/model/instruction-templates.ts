/**
 * Instructions with slots: {a} {b} {c} are topics of a passage, {n} and {m} are numbers. None refers to a passage, none
 * is bound to a time. Per task type: commands, questions.
 */
export interface TaskTemplates {
  /** By what words a prompt asks for this type of task. */
  readonly askedBy: RegExp
  readonly command: readonly string[]
  readonly question: readonly string[]
}

export const taskTemplates: readonly TaskTemplates[] = [
  {
    askedBy: /natural[- ]language[- ]inference|\bfollows from/i,
    command: [
      'Decide whether "most cases of {a} involve {b}" follows from "{b} is never found apart from {a}", and defend the verdict.',
      'Judge if the claim that {a} always leads to {b} contradicts the claim that {b} can arise from {c} alone.',
      'Label the pair "{a} is rare" and "hardly anybody meets {a}" as entailment, contradiction or neutral, giving one reason.'
    ],
    question: [
      'Does the statement "every example of {a} depends on {b}" imply that {b} came before {a}?',
      'If nobody can study {a} without {b}, is it contradictory to say that {c} is enough for {a}?',
      'Can "{a} improves {b}" and "{b} gets worse whenever {a} grows" both be true of one place?'
    ]
  },
  {
    askedBy: /commonsense|\beveryday knowledge/i,
    command: [
      'Describe what an ordinary person would do first when {a} suddenly interferes with {b}.',
      'List three everyday signs by which somebody could tell that {a} has gone wrong, and connect each to {b}.',
      'Explain to a ten-year-old why it is unwise to mix {a} with {b} before checking {c}.'
    ],
    question: [
      'Why would a sensible person keep {a} away from {b}?',
      'What usually happens to {a} when nobody takes care of {b} for a month?',
      'Which would you prepare first for a long trip, {a} or {b}, and what makes that order practical?'
    ]
  },
  {
    askedBy: /sentiment|\battitude or feeling/i,
    command: [
      'Classify the feeling in this remark as positive, negative or mixed: "I expected little of {a}, yet {b} won me over."',
      'Identify the attitude behind the complaint "{a} again, and still nobody cares about {b}", naming the words that reveal it.',
      'Rewrite "the {a} was a disappointment" so that it sounds hopeful about {b}, and say which words changed the tone.'
    ],
    question: [
      'What emotion does somebody express who says "after {a}, even {b} felt like a gift"?',
      'Is the review "clever {a}, exhausting {b}" favourable overall, and which word decides it?',
      'How would the mood of a letter about {a} shift if it ended with worries over {b}?'
    ]
  },
  {
    askedBy: /paraphras|\bin other words/i,
    command: [
      'Express the sentence "{a} rarely succeeds unless {b} is considered" in two different ways without repeating its verbs.',
      'Reword "the cost of {a} outweighs the charm of {b}" for a reader who has never heard of {c}.',
      'Compare "{a} shapes {b}" with "{b} bears the marks of {a}" and decide whether they mean the same.'
    ],
    question: [
      'How else could one say that {a} stands in the way of {b}, using no word longer than eight letters?',
      'Do "{a} is worth the trouble" and "nobody regrets {a}" mean the same thing?',
      'Which simpler sentence carries the same meaning as "{a} is contingent upon a sufficiency of {b}"?'
    ]
  },
  {
    askedBy: /closed[- ]book|\bquestion of fact/i,
    command: [
      'Name the main principles that connect {a} with {b}, and illustrate one of them by an example.',
      'Outline how {a} developed over the centuries and where {b} played a part.',
      'Define {a}, then tell apart two kinds of it that beginners confuse with {b}.'
    ],
    question: [
      'What are the most important causes of {a}, and how do they relate to {b}?',
      'How does {a} work in general, and why does {b} matter for it?',
      'Which well-known discoveries changed the way experts think about {a} and {b}?'
    ]
  },
  {
    askedBy: /structure[- ]to[- ]text|\bstructured facts|\bkey-value/i,
    command: [
      'Turn these facts into two fluent sentences: topic = {a}; cause = {b}; effect = {c}; cases observed = {n}.',
      'Write a short notice out of this list: subject: {a}; place: a small town; helpers: {n}; purpose: {b}.',
      'Convert the table row "{a} | {n} units | {b} | {m} units" into a sentence that compares both amounts.'
    ],
    question: [
      'How would you phrase the record (subject: {a}, count: {n}, reason: {b}) as one natural sentence?',
      'What would a friendly summary of these entries say: {a}: {n}; {b}: {m}; trend: rising?',
      'Which single sentence conveys the pairs "name: {a}", "depends on: {b}" and "priority: {n}" without a list?'
    ]
  },
  {
    askedBy: /summari[sz]|\bcondense/i,
    command: [
      'Condense this note into one sentence: "We tried {a} on {n} days. It helped with {b}. It did little for {c}."',
      'Summarise the argument that {a} deserves support because {b} is costly and {c} is slow, in at most twenty words.',
      'Boil the following down to a headline: "After {n} attempts, a small team combined {a} with {b} and saved weeks."'
    ],
    question: [
      'What is the gist of the statement "{a} looks simple, but {b} and {c} make it a matter of years"?',
      'How would you sum up, in ten words, a talk that praises {a}, doubts {b} and ignores {c}?',
      'Which one sentence keeps the point of "{n} of {m} visitors liked {a}; the rest asked for {b}"?'
    ]
  },
  {
    askedBy: /translat|\banother language/i,
    command: [
      'Translate the sentence "The {a} is more important than the {b}" into French and explain one choice of words.',
      'Render "Nobody understands {a} without {b}" in Spanish, once formally and once for a friend.',
      'Put the question "Where does {a} come from?" into German, and comment on its word order with respect to {b}.'
    ],
    question: [
      'How would you say "I learned about {a} because of {b}" in Italian?',
      'What is a faithful French version of the slogan "More {a}, less {b}"?',
      'Which Spanish sentence best conveys "{a} and {b} belong together", and what is lost in it?'
    ]
  },
  {
    askedBy: /implicit[- ]reasoning|\bintermediate steps/i,
    command: [
      'Work out whether {a} could have existed before {b} became common, making every hidden assumption explicit.',
      'Determine which of {a} and {b} a remote island would lose first if ships stopped calling, and justify the order.',
      'Infer what must be true about {b} if {a} doubles while {c} stays the same.'
    ],
    question: [
      'Would somebody who has never seen {b} be able to recognise {a}?',
      'Could {a} survive for a hundred years without {b}, and what would have to replace it?',
      'Is it likelier that {a} caused {b}, or that {c} lies behind both?'
    ]
  },
  {
    askedBy: /categori[sz]ation|\bnamed categories/i,
    command: [
      'Sort these into science, trade and daily life, with a word of reasoning for each: {a}; {b}; {c}.',
      'Assign the headline "How {a} is changing {b}" to politics, health, technology or culture, and defend the choice.',
      'Group {a}, {b} and {c} under two labels of your own making and describe what sets the groups apart.'
    ],
    question: [
      'Does the sentence "{a} needs {b} at least twice a week" belong under advice, report or advertisement?',
      'Which of the labels history, nature or economy fits {a} best, and which fits {b}?',
      'Into which genre would you put a story that begins with {a} and ends with {b}?'
    ]
  },
  {
    askedBy: /code[- ]generation|\bprogram or function|\bpython\b/i,
    command: [
      'Write a Python function that counts how often "{a}" and "{b}" occur in a list of strings, ignoring case.',
      'Implement a small program that reads lines of the form "{a}=number" and prints the average of the numbers.',
      'Create a JavaScript function that sorts objects by their field "{a}" and breaks ties by "{b}".'
    ],
    question: [
      'How would you write a function that returns the {n} longest words in a list about {a}?',
      'What does a loop look like that prints "{a}" for multiples of {n} and "{b}" for multiples of {m}?',
      'Which data structure would you choose to store {a} by {b}, and how is one entry added in Python?'
    ]
  },
  {
    askedBy: /mathematic|\bword problem|\barithmetic/i,
    command: [
      'Calculate how many boxes are needed for {n} pieces of {a} and {m} pieces of {b} when each box holds 8 pieces.',
      'Solve this: a club spends {n} coins a week on {a} and twice as much on {b}; find the total after {m} weeks.',
      'Compute the share of {a} in a collection of {m} things of which {n} are about {b} and the others about {a}.'
    ],
    question: [
      'If {n} children each bring {m} cards about {a} and lose a quarter of them to {b}, how many cards are left?',
      'A shelf for {a} is {n} hand-widths long; how many pieces of {b}, 3 hand-widths each, fit on {m} such shelves?',
      'How many days last {n} kilograms of {a} when {b} takes up {m} grams a day?'
    ]
  }
]

/** What a sort of thinking adds to an instruction, as a sentence of its own. */
export const characterClauses: readonly { readonly askedBy: RegExp; readonly clauses: readonly string[] }[] = [
  {
    askedBy: /multi-?step|several steps/i,
    clauses: [
      'Show each step before you state the conclusion.',
      'Begin with what is certain about {c} and build on it step by step.',
      'Number the steps, and say at which of them {b} enters.'
    ]
  },
  {
    askedBy: /critical|point of view|perspective/i,
    clauses: [
      'Weigh the view of a supporter against that of a sceptic.',
      'Consider who gains from {b} and who loses by it.',
      'Name the strongest objection and answer it fairly.'
    ]
  },
  {
    askedBy: /creativ|imaginat/i,
    clauses: [
      'Bring in an unexpected image that involves {c}.',
      'Make the answer playful without giving up its accuracy.',
      'Invent one example that nobody is likely to have used before.'
    ]
  },
  {
    askedBy: /disciplin|two fields/i,
    clauses: [
      'Draw on biology as well as on economics.',
      'Link {c} to an idea from music or architecture.',
      'Let both a historian and an engineer have a word.'
    ]
  }
]
