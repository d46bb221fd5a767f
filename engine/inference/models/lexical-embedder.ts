/**
 * The built-in embedder: text to a vector by hashing its words, no model and no network. Near copies of a text lie
 * near 1, texts about the same things in the same words around 0.7, unrelated ones near 0. It knows no synonyms.
 *
 * Feature hashing with signs (Weinberger et al., 2009): each feature adds +w or -w to one of the dimensions, so that
 * collisions of unrelated features cancel out on average.
 */
/** Name under which its vectors are on record, by default. */
export const lexicalModel = 'lexical-v1'
export const lexicalDimensions = 384

const stopWords = new Set(
  (
    'a about after all also an and any are as at be because been but by can could did do does each for from had has have he her his how i if in ' +
    'into is it its just may more most no not of on one only or other our out over she should so some such than that the their them then there ' +
    'these they this to up use used using was we were what when where which while who will with would you your'
  ).split(' ')
)

/** Weights of the kinds of features: words carry the topic, pairs the phrasing, letter triples the spelling. */
const weights = { word: 1, stopWord: 0.08, pair: 0.45, triple: 0.18 }
/** A text is read up to here: what follows changes a mean little, and costs time. */
const maxCharacters = 20_000

/** @returns 384 components, of unit length; all zero for a text without a letter or digit. */
export function lexicalEmbedding(text: string): Float32Array {
  const counts = new Map<string, number>()
  const add = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1)
  const words =
    text
      .slice(0, maxCharacters)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  let before = ''
  for (const word of words) {
    const stem = stopWords.has(word) ? word : stemOf(word)
    add(`w ${stem}`)
    if (before && !(stopWords.has(before) && stopWords.has(word))) add(`p ${before} ${stem}`)
    before = stem
    if (!stopWords.has(word)) for (let i = 0; i + 3 <= word.length && i < 12; i++) add(`t ${word.slice(i, i + 3)}`)
  }
  const vector = new Float32Array(lexicalDimensions)
  for (const [feature, count] of counts) {
    const hash = fnv1a(feature)
    // The count is damped: a word said ten times is not ten times as much what a text is about.
    vector[(hash >>> 1) % lexicalDimensions]! += (hash & 1 ? 1 : -1) * weightOf(feature) * (1 + Math.log(count))
  }
  let square = 0
  for (const component of vector) square += component * component
  if (square > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= Math.sqrt(square)
  return vector
}

function weightOf(feature: string): number {
  if (feature.startsWith('p ')) return weights.pair
  if (feature.startsWith('t ')) return weights.triple
  return stopWords.has(feature.slice(2)) ? weights.stopWord : weights.word
}

/** Cuts the commonest English endings, so that "filter", "filters" and "filtered" meet. */
const stemOf = (word: string): string =>
  word.length > 5 ? word.replace(/(?:ings?|ed|es|s|ly)$/u, '') : word.length > 3 ? word.replace(/s$/u, '') : word

/** FNV-1a, 32 bits, finished with an avalanche: its lowest bit chooses the sign. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 12)) >>> 0
}
