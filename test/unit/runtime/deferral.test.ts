import { describe, expect, it } from 'vitest'
import { imbalances } from '../../support/log-balance.ts'
import { contentAnswer, pipeline, produceSources, startSmall, texts } from '../../support/small-run.ts'
import { smallTopology } from '../../support/small-topology.ts'

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
})

let vectors = 0
const contentAnswerVaried: typeof contentAnswer = context =>
  context.ask === 'vector'
    ? Promise.resolve({ values: Int8Array.of(vectors++ % 120), scale: 1, embedder: 'simulated' })
    : contentAnswer(context)
