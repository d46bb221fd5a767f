import { combine, hashText, unit } from '../hash.ts'

/** Words that carry no topic, and words by which the hard rules would reject a draft. */
const empty = new Set(
  (
    'about above across after again against almost along already although always among another anything around because been ' +
    'before being below between both came cannot come comes coming could current currently does doing done down during each ' +
    'either enough even ever every everything find first following found from gave given gives goes going have having here ' +
    'hers high himself however into itself just keep kept know known large last later latest newest nowadays least less like likely little long ' +
    'made make makes making many might more most much must near need never next nothing often once only other others ' +
    'ourselves over paragraph passage people perhaps provided quite rather recent recently refer reference referred said ' +
    'same seem seems several shall should show shows simply since some something soon still such take taken takes text than ' +
    'that their them themselves then there therefore these they thing things this those though three through throughout thus ' +
    'today together tomorrow towards under unless until upcoming upon used using usually very want well went were what when ' +
    'where whether which while whole whom whose will with within without would year years yesterday your yours mentioned ' +
    'according based document documents article name names author authors'
  ).split(' ')
)

/** Used where a text has too few words of its own. */
const spare = [
  'everyday habits',
  'shared resources',
  'careful planning',
  'long journeys',
  'small experiments',
  'patience'
]

const limit = 512
const known = new Map<string, readonly string[]>()

/**
 * Up to 32 topics of a text, in lower case: pairs of neighbouring content words and single ones, the frequent first.
 * At least six. Capitalised words are left out inside sentences, since they are mostly names.
 */
export function keyTerms(text: string): readonly string[] {
  let terms = known.get(text)
  if (terms) return terms
  terms = collect(text.slice(0, 20_000))
  if (known.size >= limit) known.delete(known.keys().next().value!)
  known.set(text, terms)
  return terms
}

function collect(text: string): readonly string[] {
  const words = new Map<string, number>()
  const pairs = new Map<string, number>()
  let before = ''
  for (const match of text.matchAll(/[\p{L}][\p{L}'-]*|[^\s\p{L}]/gu)) {
    const word = match[0]
    const usable = word.length >= 4 && word.length <= 18 && /^\p{Ll}+$/u.test(word) && !empty.has(word)
    if (usable) {
      if (word.length >= 5) words.set(word, (words.get(word) ?? 0) + 1)
      if (before && before !== word) pairs.set(`${before} ${word}`, (pairs.get(`${before} ${word}`) ?? 0) + 1)
    }
    before = usable ? word : ''
  }
  const ranked = [...byCount(pairs).slice(0, 16), ...byCount(words).slice(0, 16)]
  return ranked.length >= 6 ? ranked : [...ranked, ...spare]
}

const byCount = (counts: ReadonlyMap<string, number>): string[] =>
  [...counts].sort(([, a], [, b]) => b - a).map(([term]) => term)

/** Draws `wanted` different terms, the same ones for the same `chance`. */
export function drawTerms(terms: readonly string[], wanted: number, chance: number): string[] {
  return terms
    .map(term => ({ term, place: unit(combine(chance, hashText(term))) }))
    .sort((a, b) => a.place - b.place)
    .slice(0, wanted)
    .map(({ term }) => term)
}
