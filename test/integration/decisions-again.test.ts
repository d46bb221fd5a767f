import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AnyDecisionStage, type DecisionEnvelope, decidesInOrder } from '../../engine/declare/index.ts'
import { readDecoded, readValues } from '../../engine/log/read.ts'
import { embeddingIn } from '../../engine/mathematics/nearest.ts'
import { topology } from '../../services/topology.ts'
import { startWhole, type WholePipeline } from '../support/whole-pipeline.ts'

let whole: WholePipeline

beforeAll(async () => {
  whole = await startWhole()
  const sentence = (n: number) =>
    `Lighthouse ${n} was built in ${1700 + n} by ${n % 7} keepers, and its lamp turns ${n} times.`
  const text = (n: number) => Array.from({ length: 12 }, (_, line) => sentence(n * 12 + line)).join(' ')
  await whole.give(...Array.from({ length: 24 }, (_, n) => ({ givenId: `doc-${n}`, content: Buffer.from(text(n)) })))
  await whole.drained()
})
afterAll(() => whole.close())

/** What a stage decides on the records that the log holds, in their order, with the vectors that the log holds. */
async function decidedAgain(stage: AnyDecisionStage) {
  const log = { driver: whole.log, codec: whole.codec, pipeline: 'whole' }
  const inputs = new Map<number, unknown>()
  for await (const { record, value } of readDecoded(log, stage.reads)) inputs.set(record.offset, value)
  const settings = stage.settings.parse(whole.settings.get(stage.name))
  const view = stage.createView(settings)
  const found: { readonly kept: object; readonly again: object }[] = []
  for await (const kept of readValues(log, stage.decisions)) {
    const decision = kept as DecisionEnvelope & Parameters<typeof embeddingIn>[0]
    const answers = { vector: embeddingIn(decision)! }
    const { outcome, decision: part } = stage.decide(inputs.get(decision.inputOffset) as never, answers, {
      view,
      settings
    } as never)
    const verdict = 'to' in outcome ? 'emitted' : 'rejected'
    found.push({
      kept: decision,
      again: { ...decision, ...part, verdict, reason: 'rejected' in outcome ? outcome.rejected : '' }
    })
    stage.fold(view, decision)
  }
  return found
}

it.each(topology.stages.filter(decidesInOrder).map(stage => [stage.name, stage] as const))(
  'the decisions of %s, computed again from the log, are those that were made with many in flight',
  async (_, stage) => {
    const found = await decidedAgain(stage)
    expect(found.length).toBeGreaterThan(10)
    expect(found.map(({ again }) => again)).toEqual(found.map(({ kept }) => kept))
  }
)
