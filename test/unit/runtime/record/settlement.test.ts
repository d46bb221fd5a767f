import { describe, expect, it } from 'vitest'
import { defineStage, defineTopology, headerNamesOf } from '../../../../engine/declare/index.ts'
import { provenanceOf } from '../../../../engine/runtime/record/headers.ts'
import type { DeadLetter, Rejection } from '../../../../engine/schemas/types.ts'
import type { VettedDraft } from '../../../../schemas/types.ts'
import {
  contentAnswer,
  produceSources,
  type SmallRun,
  startSmall,
  texts
} from '../../../support/simulated/small-run.ts'
import { smallSettings, smallTopology, sources } from '../../../support/simulated/small-topology.ts'

const drain = (run: SmallRun) => run.until(() => run.pipeline.drained())

/** The small topology with another first stage. */
const beginningWith = (decide: (text: string) => unknown) => {
  const first = defineStage({
    ...(smallTopology.stages[0] as never as Parameters<typeof defineStage>[0]),
    asks: {},
    question: record => decide((record as { instruction: string }).instruction) as never
  })
  return defineTopology(sources, smallTopology.sink, [first as never, ...smallTopology.stages.slice(1)])
}
const value = (instruction: string) => ({ instruction, origin: 'seed' })

describe('the records of an outcome', () => {
  it('have the same ids whoever processes the input, and others under another configuration (R3)', async () => {
    const idsUnder = async (strictness: number) => {
      const settings = new Map(smallSettings).set('screen-source', { strictness })
      const run = await startSmall({ answer: contentAnswer, settings })
      await produceSources(run.store, texts(5))
      await drain(run)
      return (await run.values<VettedDraft>('middles', 'vetted-draft')).map(({ id }) => id).sort()
    }
    const ids = await idsUnder(0)
    expect(ids.length).toBe(5)
    expect(await idsUnder(0)).toEqual(ids)
    expect((await idsUnder(1)).filter(id => ids.includes(id))).toEqual([])
  })

  it('carry provenance, one step of lineage a stage, and one trace from the root on', async () => {
    const run = await startSmall({ answer: contentAnswer })
    await produceSources(run.store, ['a'])
    await drain(run)
    const [pair] = await run.values<VettedDraft>('sinks', 'pair')
    expect(pair!.lineage.rootId).toBe('source-a')
    expect(pair!.lineage.steps.map(step => step.stage)).toEqual(['screen-source', 'admit-middle', 'answer-direct'])
    expect(pair!.lineage.steps[0]).toMatchObject({ topic: 'small.sources.v1', offset: 0, recordId: 'source-a' })
    const [middle] = run.store.records('small.middles.v1', 0)
    expect(provenanceOf(middle!.headers, headerNamesOf())).toEqual({
      stage: 'screen-source',
      input: { topic: 'small.sources.v1', partition: pair!.lineage.steps[0]!.partition, offset: 0 },
      outcome: 'emitted'
    })
    expect(middle!.headers.traceparent!.slice(3, 35)).toBe(pair!.lineage.traceparent.slice(3, 35))
  })

  it('become one truncated dead letter when one of them is larger than the log takes', async () => {
    const topology = beginningWith(text => ({ to: 'middle', values: [value(text), value('x'.repeat(200_000))] }))
    const run = await startSmall({ answer: contentAnswer, topology })
    await produceSources(run.store, ['a', 'y'.repeat(90_000)])
    await drain(run)
    expect(await run.values('middles', 'vetted-draft')).toEqual([])
    const letters = await run.values<DeadLetter>('dead-letters', 'dead-letter')
    expect(letters.map(({ code }) => code)).toEqual(['output-too-large', 'output-too-large'])
    expect(letters.map(({ truncated }) => truncated).sort()).toEqual([false, true])
  })

  it('mark a rejection beside an emission as partial', async () => {
    const topology = beginningWith(text => ({
      to: 'middle',
      values: [value(text)],
      alsoRejected: [{ rejected: 'poor', evidence: 'one part' }]
    }))
    const run = await startSmall({ answer: contentAnswer, topology })
    await produceSources(run.store, ['a'])
    await drain(run)
    const [partial] = await run.values<Rejection>('rejections', 'rejection')
    expect(partial).toMatchObject({ reason: 'poor', partial: true, evidence: 'one part' })
    expect((await run.values('middles', 'vetted-draft')).length).toBe(1)
  })

  it.each([
    [
      'an outlet that is not declared',
      { to: 'elsewhere', values: [value('a')] },
      /elsewhere, which it does not declare/
    ],
    ['a reason that is not declared', { rejected: 'mood' }, /mood, which it does not declare/],
    ['a value that does not fit its schema', { to: 'middle', values: [{ instruction: 5 }] }, /instruction is 5/]
  ])('are a dead letter for %s', async (_what, outcome, error) => {
    const run = await startSmall({ answer: contentAnswer, topology: beginningWith(() => outcome) })
    await produceSources(run.store, ['a'])
    await drain(run)
    const [letter] = await run.values<DeadLetter>('dead-letters', 'dead-letter')
    expect(letter!.code).toBe('stage-defect')
    expect(letter!.error).toMatch(error)
  })
})
