import { describe, expect, it } from 'vitest'
import { defineStage, defineTopology } from '../../../../engine/declare/index.ts'
import type { DeadLetter } from '../../../../engine/schemas/types.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import {
  contentAnswer,
  gate,
  haltOf,
  pipeline,
  produceSources,
  progressOf,
  startSmall,
  storeWith,
  texts,
  turns
} from '../../../support/simulated/small-run.ts'
import { smallTopology, sources } from '../../../support/simulated/small-topology.ts'

describe('a deferred record', () => {
  it('is released when what it waits for has drained, though its view never grows large enough (R11)', async () => {
    // Sources of equal length are of one kind: three are admitted, four at most reach the fork.
    const run = await startSmall({
      answer: context =>
        context.ask === 'vector'
          ? Promise.resolve({
              values: Int8Array.of(Number(context.record.length % 9)),
              scale: 1,
              embedder: 'simulated'
            })
          : contentAnswer(context)
    })
    await produceSources(run.store, texts(6))
    await run.until(() => run.pipeline.drained())
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })

  it('waits while the view is too small, and goes on when it has grown', async () => {
    const asked: string[] = []
    let open = (): void => {}
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    const run = await startSmall({
      answer: async context => {
        asked.push(context.stage)
        if (context.stage === 'answer-direct') await gate
        return contentAnswerVaried(context)
      }
    })
    await produceSources(run.store, texts(60))
    const later = async () => (await run.pipeline.progress()).find(({ stage }) => stage === 'answer-later')!
    await run.until(async () => (await later()).deferred > 0)
    const { turns } = run.world
    await run.until(() => run.world.turns > turns + 500)
    expect(asked).not.toContain('answer-later')
    open()
    await run.until(() => run.pipeline.drained())
    expect(asked).toContain('answer-later')
    expect((await later()).deferred).toBe(0)
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })

  it('holds neither its bytes nor a place in the window', async () => {
    const run = await startSmall({
      limits: { windowRecords: 2 },
      answer: context => (context.stage === 'answer-direct' ? new Promise(() => {}) : contentAnswerVaried(context))
    })
    await produceSources(run.store, texts(60))
    const later = async () => (await run.pipeline.progress()).find(({ stage }) => stage === 'answer-later')!
    await run.until(async () => (await later()).deferred > 4)
    expect((await later()).inFlight).toBe(0)
  })

  it('is released in a stage without a view too', async () => {
    const run = await startSmall({ answer: contentAnswerVaried, topology: laterStageWith({ view: undefined }) })
    await produceSources(run.store, texts(12))
    await run.until(() => run.pipeline.drained())
    expect((await progressOf(run, 'answer-later')).emitted).toBeGreaterThan(0)
  })

  it('is dead-lettered when its stage defers it again though it was released', async () => {
    const run = await startSmall({
      answer: contentAnswerVaried,
      topology: laterStageWith({ question: () => ({ deferred: 'never' }) }),
      limits: { defectsInARow: 1_000 }
    })
    await produceSources(run.store, texts(12))
    await run.until(() => run.pipeline.drained())
    const letters = await run.values<DeadLetter>('dead-letters', 'dead-letter')
    expect(letters.length).toBeGreaterThan(0)
    expect(letters[0]).toMatchObject({ stage: 'answer-later', code: 'stage-defect' })
    expect(letters[0]!.error).toContain('deferred a record again (never)')
  })

  it('is woken only while its window has room, though none of the woken can be committed (R7)', async () => {
    const { passed, open } = gate()
    const asked = new Set<string>()
    const run = await startSmall({
      limits: { windowRecords: 1 },
      answer: async context => {
        if (context.stage === 'answer-direct') await passed
        if (context.stage === 'answer-later') {
          asked.add(context.record)
          run.store.faults = { aborted: 1, unknownAborted: 0, unknownCommitted: 0 }
        }
        return contentAnswerVaried(context)
      }
    })
    await produceSources(run.store, texts(60))
    await run.until(async () => (await progressOf(run, 'answer-later')).deferred === 6)
    open()
    await run.until(() => asked.size > 0)
    await turns(run, 1_000)
    // Two partitions, one record each.
    expect(asked.size).toBeLessThanOrEqual(2)
  })

  it('that is gone from the log halts its stage', async () => {
    let gone = false
    const store = storeWith(driver => ({
      read: (topic, ...range) => (gone && topic.includes('laters') ? nothing() : driver.read(topic, ...range))
    }))
    const run = await startSmall({
      store,
      answer: context => (context.stage === 'answer-direct' ? new Promise(() => {}) : contentAnswerVaried(context))
    })
    const halt = haltOf(run)
    await produceSources(store, texts(60))
    await run.until(async () => (await progressOf(run, 'answer-later')).deferred > 2)
    gone = true
    // Whatever stands in the sink: the view changes, and the deferred are woken.
    const [source] = store.records(`${pipeline}.sources.v1`, 0)
    store.append([{ ...source!, topic: `${pipeline}.sinks.v1` }])
    await run.until(() => halt.text !== '')
    expect(halt.text).toMatch(/^input-gone: offset \d+ of small\.laters\.v1\/\d was deferred/)
  })
})

async function* nothing() {
  await new Promise(resolve => setImmediate(resolve))
}

const laterStageWith = (change: object) => {
  const [last, ...before] = smallTopology.stages.toReversed()
  const question = (record: { instruction: string }, { released }: { released: boolean }) =>
    released ? { ask: { good: { text: record.instruction } } } : { deferred: 'not-yet' }
  const later = defineStage({ ...last, question, ...change } as never)
  return defineTopology(sources, smallTopology.sink, [...before.toReversed(), later as never])
}

let vectors = 0
const contentAnswerVaried: typeof contentAnswer = context =>
  context.ask === 'vector'
    ? Promise.resolve({ values: Int8Array.of(vectors++ % 120), scale: 1, embedder: 'simulated' })
    : contentAnswer(context)
