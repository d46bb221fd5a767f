/**
 * Streaming against batch community detection on real passages: the Markdown files of the installed packages, cut by
 * segment-document, embedded by the lexical embedder. Run with `node test/bench/communities.ts [passages] [tokens]`.
 * Nothing is asserted; the table is for eyes.
 *
 * Batch is the fast community detection of the reference code: every passage with its neighbours is a candidate, the
 * largest candidates win, what they hold is taken out of the others. A passage is covered if some representative is as
 * similar to it as the threshold asks. The milliseconds of batch leave out the similarities of all pairs.
 */
import { globSync, readFileSync } from 'node:fs'
import { type Embedding, randomFrom } from '../../engine/declare/index.ts'
import { lexicalEmbedding } from '../../engine/inference/models/lexical-embedder.ts'
import { createNearest } from '../../engine/mathematics/nearest.ts'
import segment from '../../services/segment-document/segmentation-thread.ts'
import { settings as schema } from '../../services/segment-document/settings.ts'
import { quantised } from '../support/records/vectors.ts'

const wanted = Number(process.argv[2] ?? 1_500)
const targetTokens = Number(process.argv[3] ?? 128)

/** Indexes of the representatives. */
type Detection = (vectors: readonly Embedding[], threshold: number) => readonly number[]

const streaming: Detection = (vectors, threshold) => {
  const founders = createNearest()
  const representatives: number[] = []
  vectors.forEach((vector, index) => {
    const nearest = founders.nearest(vector)
    if (nearest && nearest.similarity >= threshold) return
    founders.add(String(index), vector)
    representatives.push(index)
  })
  return representatives
}

const shuffled: Detection = (vectors, threshold) => {
  const random = randomFrom('order of passages')
  const order = vectors.map((_, index) => [random(), index] as const).sort((a, b) => a[0] - b[0])
  const chosen = streaming(
    order.map(([, index]) => vectors[index]!),
    threshold
  )
  return chosen.map(place => order[place]![1])
}

/** Similarity of every two passages, computed once for all thresholds. */
const similarities = (vectors: readonly Embedding[]): readonly Float32Array[] =>
  vectors.map(({ values, scale }) => {
    const row = new Float32Array(vectors.length)
    for (let other = 0; other < row.length; other++) {
      const { values: theirs, scale: theirScale } = vectors[other]!
      let sum = 0
      for (let index = 0; index < values.length; index++) sum += values[index]! * theirs[index]!
      row[other] = sum * scale * theirScale
    }
    return row
  })

const batch: Detection = (vectors, threshold) => {
  const candidates = vectors.map((_, centre) => ({
    centre,
    members: vectors.flatMap((_, index) => (index === centre || matrix[centre]![index]! >= threshold ? [index] : []))
  }))
  candidates.sort((a, b) => b.members.length - a.members.length)
  const taken = new Set<number>()
  return candidates.flatMap(({ centre, members }) => {
    const [first, ...rest] = members.filter(index => !taken.has(index))
    if (first === undefined) return []
    for (const index of [first, ...rest]) taken.add(index)
    // Its centre may have gone to a larger community: the first that is left stands for the rest.
    return [members.length === rest.length + 1 ? centre : first]
  })
}

const coverage = (vectors: readonly Embedding[], representatives: readonly number[], threshold: number): number => {
  const index = createNearest()
  for (const representative of representatives) index.add(String(representative), vectors[representative]!)
  return vectors.filter(vector => index.nearest(vector)!.similarity >= threshold - 1e-9).length / vectors.length
}

function passages(): string[] {
  const settings = schema.parse({ targetTokens, minTokens: 32, maxTokens: 2 * targetTokens })
  const texts = new Map<string, string>()
  for (const path of globSync('node_modules/**/*.md').sort()) {
    const result = segment({ content: readFileSync(path), mediaType: 'text/markdown', settings })
    // Exact repeats are screen-passage's to find.
    if (!('rejected' in result)) for (const { text, textHash } of result.passages) texts.set(textHash, text)
    if (texts.size >= wanted) break
  }
  return [...texts.values()].slice(0, wanted)
}

const texts = passages()
const vectors = texts.map(text => quantised([...lexicalEmbedding(text)]))
const matrix = similarities(vectors)
console.log(`${texts.length} passages of about ${targetTokens} estimated tokens`)
console.log('threshold   detection             representatives   covered      ms')
for (const threshold of [0.5, 0.6, 0.7, 0.8])
  for (const [name, detect] of Object.entries({ streaming, shuffled, batch })) {
    const started = performance.now()
    const representatives = detect(vectors, threshold)
    const ms = performance.now() - started
    const covered = `${(100 * coverage(vectors, representatives, threshold)).toFixed(1)} %`
    const title = name === 'shuffled' ? 'streaming, shuffled' : name
    console.log(
      `${String(threshold).padEnd(12)}${title.padEnd(22)}${String(representatives.length).padStart(15)}${covered.padStart(10)}${ms.toFixed(0).padStart(8)}`
    )
  }
