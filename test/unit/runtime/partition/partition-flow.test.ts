import { describe, expect, it } from 'vitest'
import { InferenceError, UnusableAnswer } from '../../../../engine/inference/errors.ts'
import type { AskContext } from '../../../../engine/inference/port.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import type { DeadLetter, Rejection } from '../../../../engine/schemas/types.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import { SimulatedStore } from '../../../support/simulated/simulated-log.ts'
import { SimulatedWorld } from '../../../support/simulated/simulated-world.ts'
import {
  beginningWith,
  contentAnswer,
  pipeline,
  produceSources,
  startSmall,
  stopped,
  texts
} from '../../../support/simulated/small-run.ts'
import { smallTopology } from '../../../support/simulated/small-topology.ts'

const screening = (context: AskContext, answer: () => Promise<unknown>) =>
  context.stage === 'screen-source' ? answer() : contentAnswer(context)

const stageProgress = async (run: Awaited<ReturnType<typeof startSmall>>, stage: string) =>
  (await run.pipeline.progress()).find(progress => progress.stage === stage)!

describe('one partition', () => {
  it('is not held back by a record whose call hangs (R4)', async () => {
    let release = (): void => {}
    const hanging = new Promise<void>(resolve => {
      release = resolve
    })
    const run = await startSmall({
      answer: context =>
        screening(context, async () => {
          if (context.record === 'source-text-0') await hanging
          return { probability: 0.5 }
        })
    })
    await produceSources(run.store, texts(50))
    await run.until(async () => (await stageProgress(run, 'screen-source')).emitted === 49)
    expect((await stageProgress(run, 'screen-source')).inFlight).toBe(1)
    release()
    await run.until(() => run.pipeline.drained())
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })

  it('takes in no more records than its window while none of them settles (R7)', async () => {
    const asked = new Set<string>()
    const run = await startSmall({
      limits: { windowRecords: 5 },
      answer: context => {
        asked.add(context.record)
        return new Promise(() => {})
      }
    })
    await produceSources(run.store, texts(60))
    await run.until(() => asked.size >= 10)
    const { turns } = run.world
    await run.until(() => run.world.turns > turns + 500)
    // Two partitions, five records each.
    expect(asked.size).toBe(10)
    expect((await stageProgress(run, 'screen-source')).inFlight).toBe(10)
  })

  it('rejects for an unusable answer and dead-letters what can never be processed, with evidence', async () => {
    const run = await startSmall({
      answer: context =>
        screening(context, async () => {
          if (context.record === 'source-text-1') throw new UnusableAnswer('no digit', 'well, perhaps', [])
          if (context.record === 'source-text-2') throw new InferenceError('record-terminal', 'too long')
          return { probability: 0.5 }
        })
    })
    await produceSources(run.store, texts(4))
    await run.until(() => run.pipeline.drained())
    const [rejection] = (await run.values<Rejection>('rejections', 'rejection')).filter(
      r => r.stage === 'screen-source'
    )
    expect(rejection).toMatchObject({ reason: 'unusable-answer', recordId: 'source-text-1', partial: false })
    expect(rejection!.evidence).toContain('well, perhaps')
    const [letter] = await run.values<DeadLetter>('dead-letters', 'dead-letter')
    expect(letter).toMatchObject({ code: 'record-terminal', recordId: 'source-text-2', error: 'too long' })
    expect(letter!.value!.length).toBeGreaterThan(0)
  })

  it('halts on an error that concerns every record, and writes nothing of it', async () => {
    const run = await startSmall({
      answer: async () => {
        throw new InferenceError('configuration', 'the key is refused', { status: 401, remedy: 'Set OPENAI_API_KEY.' })
      }
    })
    await produceSources(run.store, texts(3))
    let code = ''
    void run.pipeline.halted.then(halt => {
      code = `${halt.code} ${halt.exitCode} ${halt.message}`
    })
    await run.until(() => code !== '')
    expect(code).toBe('not-authorised 77 the key is refused Set OPENAI_API_KEY.')
    expect(await run.values('dead-letters', 'dead-letter')).toEqual([])
    expect(await run.values('rejections', 'rejection')).toEqual([])
  })

  it('dead-letters each record on which the stage has a defect, and halts when they are all alike', async () => {
    const run = await startSmall({
      limits: { defectsInARow: 4 },
      answer: context => screening(context, async () => ({})) // `probability` is missing: every comparison fails
    })
    await produceSources(run.store, texts(1))
    await run.until(() => run.pipeline.drained())
    expect((await run.values('middles', 'vetted-draft')).length).toBe(1)

    const broken = await startSmall({
      limits: { defectsInARow: 4 },
      answer: context => screening(context, async () => undefined)
    })
    await produceSources(broken.store, texts(9))
    let halted = ''
    void broken.pipeline.halted.then(halt => {
      halted = halt.code
    })
    await broken.until(() => halted !== '')
    expect(halted).toBe('repeated-defect')
    const letters = await broken.values<DeadLetter>('dead-letters', 'dead-letter')
    expect(letters.length).toBeGreaterThanOrEqual(4)
    expect(letters[0]).toMatchObject({ code: 'stage-defect', stage: 'screen-source' })
    expect(letters[0]!.stack).toContain('small-topology')
  })

  it('halts when the log is full, with what was settled before still there', async () => {
    const run = await startSmall({ answer: contentAnswer })
    await produceSources(run.store, texts(10))
    await run.until(() => run.pipeline.drained())
    const full = { status: 'aborted' as const, cause: new LogError('log-full', 'no space left on the disk') }
    run.store.faults = { ...run.store.faults, aborted: 1, cause: full.cause }
    await produceSources(run.store, ['one more'])
    let halted = ''
    void run.pipeline.halted.then(halt => {
      halted = `${halt.code} ${halt.exitCode}`
    })
    await run.until(() => halted !== '')
    expect(halted).toBe('log-full 75')
    run.store.faults = { aborted: 0, unknownAborted: 0, unknownCommitted: 0 }
    const next = await startSmall({ store: run.store, answer: contentAnswer })
    await next.until(() => next.pipeline.drained())
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })
})

describe('a stop', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'settles what is asked, takes in no more, and leaves nothing to repeat (seed %i)',
    async seed => {
      const asked: string[] = []
      const answer = (context: AskContext) => {
        asked.push(`${context.stage} ${context.record}`)
        return contentAnswer(context)
      }
      const store = new SimulatedStore(new SimulatedWorld(`stop-${seed}`))
      const limits = { windowRecords: 4, drainMs: 20_000 }
      const run = await startSmall({ store, limits, answer, endlessMs: 20_000 })
      await produceSources(run.store, texts(80))
      await run.until(async () => (await stageProgress(run, 'screen-source')).emitted > 10)
      await stopped(run)
      expect(asked.length).toBeLessThan(200)
      const next = await startSmall({ store, answer })
      await next.until(() => next.pipeline.drained())
      expect(new Set(asked).size).toBe(asked.length)
      expect(imbalances(store, smallTopology, pipeline)).toEqual([])
    }
  )

  it('withdraws a call that outlasts its grace, and a successor asks again', async () => {
    const run = await startSmall({
      limits: { drainMs: 1 },
      answer: context =>
        screening(
          context,
          () =>
            new Promise((_, reject) => {
              context.signal.addEventListener('abort', () => reject(new InferenceError('shutdown', 'withdrawn')))
            })
        )
    })
    await produceSources(run.store, texts(3))
    await run.until(async () => (await stageProgress(run, 'screen-source')).inFlight === 3)
    let stopped = false
    void run.pipeline.stop().then(() => {
      stopped = true
    })
    await run.until(() => stopped)
    expect(await run.values('dead-letters', 'dead-letter')).toEqual([])
    const next = await startSmall({ store: run.store, answer: contentAnswer })
    await next.until(() => next.pipeline.drained())
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })
})

describe('withholding', () => {
  it('lets a stage admit nothing more, and is quiet once all behind it has drained', async () => {
    const run = await startSmall({ answer: contentAnswer })
    run.pipeline.withhold(['screen-source'])
    await produceSources(run.store, texts(20))
    await run.until(() => run.pipeline.quiet())
    expect(await run.values('middles', 'vetted-draft')).toEqual([])
    expect(await run.pipeline.drained()).toBe(false)
  })
})

describe('questions about one record', () => {
  it('are withdrawn when one of them fails for good', async () => {
    const { good } = smallTopology.stages[0]!.asks as { good: unknown }
    const withdrawn: string[] = []
    const run = await startSmall({
      topology: beginningWith({
        asks: { good, second: good },
        question: () => ({ ask: { good: { text: 'a' }, second: { text: 'b' } } })
      }),
      answer: context => {
        if (context.stage !== 'screen-source') return contentAnswer(context)
        if (context.ask === 'good') return Promise.reject(new InferenceError('record-terminal', 'too long'))
        return new Promise((_, reject) =>
          context.signal.addEventListener('abort', () => {
            withdrawn.push(context.ask)
            reject(context.signal.reason)
          })
        )
      }
    })
    await produceSources(run.store, ['a'])
    await run.until(() => run.pipeline.drained())
    expect(withdrawn).toEqual(['second'])
    expect(await run.values<DeadLetter>('dead-letters', 'dead-letter')).toMatchObject([{ code: 'record-terminal' }])
  })
})
