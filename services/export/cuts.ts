import { hashOf, topicName } from '../../engine/declare/index.ts'
import { partitionOf } from '../../engine/log/partitioner.ts'
import type { Cut } from '../../schemas/types.ts'
import { cuts } from '../topics.ts'
import type { PipelineLog } from './pairs-on-log.ts'
import type { CutRule } from './selection.ts'

/** The cut recorded for this number of pairs, if one was: the same number then exports the same pairs again. */
export async function findCut(log: PipelineLog, pairs: number, rule: CutRule): Promise<Cut | undefined> {
  const { driver, codec, pipeline } = log
  const topic = topicName(pipeline, cuts)
  if (!(await driver.topics()).has(topic)) return undefined
  const [end = 0] = await driver.ends(topic)
  for await (const record of driver.read(topic, 0, 0, end)) {
    const cut = (await codec.decode(cuts.schema, record.value)) as Cut
    if (cut.pairs === pairs && cut.rule === rule) return cut
  }
  return undefined
}

/** Records that `pairs` were wanted and where the topic of pairs ended. @throws Error when the log does not take it. */
export async function recordCut(
  { driver, codec, pipeline }: PipelineLog,
  pairs: number,
  rule: CutRule,
  ends: readonly number[]
): Promise<Cut> {
  const cut: Cut = { id: hashOf('cut', pairs, rule), pairs, rule, ends }
  const topic = topicName(pipeline, cuts)
  const key = cuts.key(cut)
  const writer = await driver.writer(`${pipeline}.cuts`)
  try {
    const record = {
      topic,
      partition: partitionOf(key, 1),
      key: Buffer.from(key),
      value: codec.encode(topic, cut),
      headers: {}
    }
    const result = await writer.commit([record])
    if (result.status === 'fenced') throw new Error('another process records a cut of this pipeline')
    if (result.status !== 'committed') throw result.cause
    return cut
  } finally {
    await writer.close()
  }
}
