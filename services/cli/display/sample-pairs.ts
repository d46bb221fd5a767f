import { topicName } from '../../../engine/declare/index.ts'
import { readValues } from '../../../engine/log/read.ts'
import type { Pair } from '../../../schemas/types.ts'
import type { OpenPipeline } from '../../operate/open.ts'
import { pairs } from '../../topics.ts'
import { lineWidth, printable, wrap } from './printable.ts'

const shown = 3
/** The latest of each partition are looked at: those of this run, mostly. */
const looked = 40
/** Longest text that is shown whole; of a longer one its beginning, and how much more there is. */
const longest = 1_500

/** Some whole pairs, for a first look: different documents, the middling in length first. */
export async function samplePairs(open: OpenPipeline): Promise<readonly Pair[]> {
  const to = await open.driver.ends(topicName(open.pipeline, pairs))
  const from = to.map(end => Math.max(0, end - looked))
  const found = await Array.fromAsync(readValues(open, pairs, { from, to }))
  const length = ({ instruction, response }: Pair) => instruction.length + response.length
  found.sort((a, b) => length(a) - length(b))
  const middle = found.slice(Math.floor(found.length / 4))
  const { firsts = [], others = [] } = Object.groupBy(middle, pair => (isFirst(middle, pair) ? 'firsts' : 'others'))
  return [...firsts, ...others].slice(0, shown)
}

/** It is the first of its document. */
const isFirst = (pairs: readonly Pair[], pair: Pair): boolean =>
  pairs.find(({ passage }) => passage.documentId === pair.passage.documentId) === pair

export function pairText({ instruction, response, score, passage }: Pair): string[] {
  const source = passage.url ?? passage.givenId
  return [
    ...wrapped('instruction', instruction),
    ...wrapped('response', response),
    `${'mark'.padEnd(13)}${score.toFixed(1)} of 5`,
    ...wrapped('source', source)
  ]
}

function wrapped(label: string, text: string): string[] {
  const cut = text.length > longest ? `${text.slice(0, longest)} … (${text.length - longest} more characters)` : text
  const lines = printable(cut)
    .split('\n')
    .flatMap(line => wrap(line, lineWidth - 16))
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(13)}${line}`.trimEnd())
}
