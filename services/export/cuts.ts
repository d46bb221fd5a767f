import { hashOf } from '../../engine/declare/index.ts'
import type { PipelineLog } from '../../engine/log/read.ts'
import { writeValues } from '../../engine/log/write.ts'
import type { Cut } from '../../schemas/types.ts'
import { valuesOf } from '../operate/read.ts'
import { cuts } from '../topics.ts'
import type { CutRule } from './selection.ts'

/** The cut recorded for this number of pairs, if one was: the same number then exports the same pairs again. */
export async function findCut(log: PipelineLog, pairs: number, rule: CutRule): Promise<Cut | undefined> {
  for await (const cut of valuesOf(log, cuts)) if (cut.pairs === pairs && cut.rule === rule) return cut
  return undefined
}

/** Records that `pairs` were wanted and where the topic of pairs ended. @throws Error when the log does not take it. */
export async function recordCut(log: PipelineLog, pairs: number, rule: CutRule, ends: readonly number[]): Promise<Cut> {
  const cut: Cut = { id: hashOf('cut', pairs, rule), pairs, rule, ends }
  await writeValues(log, `${log.pipeline}.cuts`, cuts, [cut])
  return cut
}
