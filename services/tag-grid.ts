/**
 * The tag grid of FANNO's seed instructions (arXiv 2408.01323, instruction generation): 4 characters x 12 task types x
 * 2 styles = 96 cells. A seed instruction is ordered for one passage and one cell. The names go into records; the
 * descriptions go into prompts.
 */
export interface GridCell {
  /** Place in the grid, 0 to 95: `character * 24 + taskType * 2 + style`. */
  readonly index: number
  readonly character: string
  readonly taskType: string
  /** `command` or `question`. */
  readonly style: string
  /** Completes "The instruction calls for …". */
  readonly characterDescription: string
  /** Completes "The task is …". */
  readonly taskDescription: string
  /** What the task works on, if it works on something that the instruction must contain. Completes "works on …". */
  readonly material: string | null
  /** Completes "It is phrased as …". */
  readonly styleDescription: string
}

type Named = readonly (readonly [name: string, description: string, material?: string])[]

const characters: Named = [
  ['multi-step-reasoning', 'reasoning in several steps, each of which rests on the one before'],
  ['critical-thinking', 'weighing a matter critically, from more than one point of view'],
  ['creativity', 'imagination: something new is made, rather than something known repeated'],
  ['interdisciplinary', 'knowledge of at least two fields that are seldom taught together']
]

const taskTypes: Named = [
  [
    'natural-language-inference',
    'to say whether one statement follows from, contradicts or leaves open another one',
    'two statements'
  ],
  ['commonsense', 'to use everyday knowledge of how people and things behave'],
  [
    'sentiment',
    'to recognise and explain the attitude or feeling that a wording expresses',
    'a remark, a message or a review of a few sentences'
  ],
  [
    'paraphrase',
    'to say the same thing in other words, or to judge whether two wordings mean the same',
    'one or two wordings'
  ],
  ['closed-book-qa', 'to answer a question of fact from general knowledge alone'],
  [
    'structure-to-text',
    'to turn structured facts (a table, a list, key-value pairs) into prose',
    'a small table, a list or some pairs of names and values'
  ],
  [
    'summarisation',
    'to condense material that the instruction itself contains to what matters most',
    'a text of four to eight sentences'
  ],
  [
    'translation',
    'to render a wording, contained in the instruction, in another language',
    'a wording of up to three sentences'
  ],
  ['implicit-reasoning', 'to find an answer whose intermediate steps the question does not name'],
  [
    'text-categorisation',
    'to sort a wording, contained in the instruction, into one of several named categories',
    'one or more wordings'
  ],
  ['code-generation', 'to write a short and easy program or function'],
  ['grade-school-mathematics', 'to solve a word problem with the mathematics of the first school years']
]

const styles: Named = [
  ['command', 'a command: an imperative sentence that says what to do'],
  ['question', 'a question: an interrogative sentence that ends in a question mark']
]

/** All 96 cells, by index. */
export const tagGrid: readonly GridCell[] = characters.flatMap(([character, characterDescription], c) =>
  taskTypes.flatMap(([taskType, taskDescription, material = null], t) =>
    styles.map(([style, styleDescription], s) =>
      Object.freeze({
        index: indexOf(c, t, s),
        character,
        taskType,
        style,
        characterDescription,
        taskDescription,
        material,
        styleDescription
      })
    )
  )
)

function indexOf(character: number, taskType: number, style: number): number {
  return (character * taskTypes.length + taskType) * styles.length + style
}

/**
 * The one order in which cells are issued, whatever the passage: place -> index in the grid. Any 12 places in a row have
 * every task type once, each character 2 to 4 times and each style 5 to 7 times, so that a pipeline which issues few
 * cells a seed is balanced from the first seed on. (Cells drawn at random leave most of the grid unused for long.)
 */
export const cellPermutation: readonly number[] = Array.from({ length: tagGrid.length }, (_, place) => {
  const column = place % taskTypes.length
  const turn = Math.floor(place / taskTypes.length)
  const taskType = (column * 5) % taskTypes.length
  // Runs through the 8 combinations of character and style, beginning elsewhere in each column.
  const combination = (turn + column) % (characters.length * styles.length)
  const character = combination % characters.length
  const style = (combination + Math.floor(combination / characters.length)) % styles.length
  return indexOf(character, taskType, style)
})
