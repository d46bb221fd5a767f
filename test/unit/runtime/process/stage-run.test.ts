import { describe, expect, it } from 'vitest'
import { defineTopology } from '../../../../engine/declare/index.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import type { AssignmentListener, Membership } from '../../../../engine/log/port.ts'
import type { Halt } from '../../../../engine/runtime/ground/halt.ts'
import { StageRun } from '../../../../engine/runtime/process/stage-run.ts'
import { type BedOptions, runtimeBed, settled, until } from '../../../support/runtime/runtime-bed.ts'
import { committed, ScriptedOwner } from '../../../support/runtime/scripted-owner.ts'
import { aText, judged, judgeText, texts, yes } from '../../../support/runtime/text-stages.ts'

const reader = judgeText({ name: 'read-judged', reads: judged, writes: { texts } })

/** A stage whose group is told by hand what it has, with owners that are made as they are taken. */
async function stageRun(options: BedOptions & { join?: () => Promise<never> } = {}) {
  const stage = judgeText()
  const bed = await runtimeBed(stage, { ...options, limits: { pollMs: 100, ...options.limits } })
  const { log, context } = bed
  const owners: ScriptedOwner[] = []
  let listener: AssignmentListener | undefined
  let left = 0
  const taking = { wait: Promise.resolve() as Promise<unknown>, asked: 0, alone: true }
  const membership: Membership = {
    async take() {
      taking.asked++
      taking.alone &&= owners.every(owner => owner.released)
      await taking.wait
      const owner = new ScriptedOwner(owners.at(-1)?.attempts.at(-1))
      owner.otherwise = committed
      owner.fetch = async (from, _limits, signal) => {
        await new Promise(resolve => setImmediate(resolve))
        const records = log.records(context.input).filter(({ offset }) => offset >= from)
        return signal.aborted ? { records: [], nextOffset: from } : { records, nextOffset: from + records.length }
      }
      owners.push(owner)
      return owner
    },
    leave: async () => void left++
  }
  log.driver.join = async (_group, _topic, given) => {
    listener = given
    return options.join ? options.join() : membership
  }
  const halts: Halt[] = []
  const topology = defineTopology(texts, judged, [stage as never])
  const withReader = { ...topology, stages: [stage, reader] }
  const run = new StageRun({
    context,
    topology: withReader,
    pipeline: 'p',
    follower: undefined,
    halt: halt => void halts.push(halt)
  })
  const stop = async (graceMs = 1_000) => {
    const stopping = run.stop(graceMs)
    let over = false
    void stopping.then(() => {
      over = true
    })
    while (!over) {
      await settled()
      await bed.clock.advance(500)
    }
  }
  return { ...bed, run, owners, halts, taking, stop, left: () => left, told: () => listener! }
}

describe('a stage in one process', () => {
  it('takes what its group assigns, asks, settles, and leaves when it is stopped', async () => {
    const { run, told, owners, produce, inference, stop, left, clock, context } = await stageRun()
    await run.start()
    told().assigned([0])
    produce(aText('a'))
    await until(() => inference.calls.length === 1)
    expect([run.quiet, run.held]).toEqual([false, 1])
    inference.calls[0]!.resolve(yes)
    await until(async () => {
      await clock.advance(50)
      return owners[0]!.outputs.flat().some(({ topic }) => topic === 'p.judged.v1')
    })
    await until(() => run.held === 0)
    await stop()
    expect([left(), owners[0]!.released, context.counters.moves.assigned]).toEqual([1, true, 1])
  })

  it('takes a partition that comes a second time only when the first owner of it has ended', async () => {
    const { run, told, owners, taking, stop } = await stageRun()
    await run.start()
    told().assigned([0])
    await until(() => owners.length === 1)
    told().assigned([0])
    await until(() => owners.length === 2)
    expect([taking.alone, owners[0]!.released, owners[1]!.released]).toEqual([true, true, false])
    await stop()
  })

  it('does not take what was revoked before its turn came', async () => {
    const { run, told, owners, taking, stop } = await stageRun()
    const { promise, resolve } = Promise.withResolvers<void>()
    taking.wait = promise
    await run.start()
    told().assigned([0])
    told().revoked([0])
    await settled()
    resolve()
    await settled()
    expect([taking.asked, owners.filter(owner => !owner.released).length]).toEqual([0, 0])
    await stop()
  })

  it('gives back what it had just taken when that was revoked meanwhile', async () => {
    const { run, told, owners, taking, stop } = await stageRun()
    const { promise, resolve } = Promise.withResolvers<void>()
    taking.wait = promise
    await run.start()
    told().assigned([0])
    await until(() => taking.asked === 1)
    told().revoked([0])
    resolve()
    await until(() => owners.length === 1 && owners[0]!.released)
    expect(run.held).toBe(0)
    await stop()
  })

  it('asks again for a partition while the log cannot be reached, and halts on any other trouble', async () => {
    const { run, told, log, halts, clock, taking, stop } = await stageRun()
    await run.start()
    const { ends } = log.driver
    log.driver.ends = () => Promise.reject(new LogError('unavailable', 'no broker'))
    told().assigned([0])
    await until(() => taking.asked === 1)
    await clock.advance(300)
    await until(() => taking.asked > 1)
    expect(halts).toEqual([])
    log.driver.ends = ends
    log.driver.read = () => {
      throw new TypeError('a mistake of ours')
    }
    await until(async () => {
      await clock.advance(100)
      return halts.length > 0
    })
    expect(halts[0]!.message).toContain('a mistake of ours')
    await stop()
  })

  it.each([
    ['membership-lost', new Error('the coordinator forgot it')],
    ['not-authorised', new LogError('not-authorised', 'this user may not read the group')]
  ])('halts as %s where its membership dies of "%s"', async (code, cause) => {
    const { run, told, halts, stop } = await stageRun()
    await run.start()
    told().crashed(cause)
    expect(halts).toMatchObject([{ code, stage: 'judge-text', message: expect.stringContaining(cause.message) }])
    await stop()
  })

  it('ends within the grace and 3 s though a take-over never ends', async () => {
    const { run, told, taking, clock, left } = await stageRun()
    taking.wait = new Promise(() => {})
    await run.start()
    told().assigned([0])
    await until(() => taking.asked === 1)
    let over = false
    void run.stop(2_000).then(() => {
      over = true
    })
    await settled()
    await clock.advance(4_999)
    await settled()
    expect([over, left()]).toEqual([false, 0])
    await clock.advance(1)
    await until(() => over)
    expect(left()).toBe(1)
  })

  it('has nothing to leave where its group could not be joined', async () => {
    const { run, left } = await stageRun({ join: () => Promise.reject(new LogError('not-authorised', 'no')) })
    await expect(run.start()).rejects.toMatchObject({ code: 'not-authorised' })
    await run.stop(0)
    expect(left()).toBe(0)
  })

  it('pauses while the stage behind lags by more than its limit, and not a record sooner', async () => {
    const { run, log, clock, stop } = await stageRun({ limits: { backlogRecords: 2 } })
    const append = (key: string) =>
      log.append([{ topic: 'p.judged.v1', partition: 0, key: Buffer.from(key), value: null, headers: {} }])
    append('a')
    append('b')
    await run.start()
    await settled()
    expect(run.paused).toBe(false)
    append('c')
    await clock.advance(100)
    await until(() => run.paused)
    log.setCommit('p.read-judged', 'p.judged.v1', 0, { offset: 1, metadata: '1 c0ffee ' })
    await clock.advance(100)
    await until(() => !run.paused)
    await stop()
  })

  it('goes on looking though the log cannot be reached, and halts on a mistake of ours', async () => {
    const { run, log, clock, halts, context, stop } = await stageRun()
    await run.start()
    log.driver.committed = () => Promise.reject(new LogError('unavailable', 'no broker'))
    await until(async () => {
      await clock.advance(100)
      return context.outage.reason !== undefined
    })
    expect(halts).toEqual([])
    log.driver.committed = () => Promise.reject(new RangeError('a bitmap of nobody'))
    await until(async () => {
      await clock.advance(100)
      return halts.length === 1
    })
    await stop()
  })
})
