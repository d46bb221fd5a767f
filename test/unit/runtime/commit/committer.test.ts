import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import type { Commit, CommitResult } from '../../../../engine/log/port.ts'
import { Committer } from '../../../../engine/runtime/commit/committer.ts'
import { StageCounters } from '../../../../engine/runtime/ground/counters.ts'
import { LogOutage } from '../../../../engine/runtime/ground/outage.ts'
import type { StageContext } from '../../../../engine/runtime/ground/stage-context.ts'
import { committed, fenced, ScriptedOwner } from '../../../support/runtime/scripted-owner.ts'

const before: Commit = { offset: 3, metadata: '1 c ' }
const wanted: Commit = { offset: 5, metadata: '1 c ' }
const cause = new Error('the connection broke')

function committing(owner: ScriptedOwner, ...later: (ScriptedOwner | Error)[]) {
  const notices: string[] = []
  const pauses: number[] = []
  const notice = (text: string) => void notices.push(text)
  const counters = new StageCounters()
  const context = {
    stage: { name: 'judge-text' },
    counters,
    notice,
    outage: new LogOutage(notice),
    clock: { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) }
  } as unknown as StageContext
  const retake = async () => {
    const next = later.shift()
    if (next instanceof Error) throw next
    if (!next) throw new Error('taken too often')
    return next
  }
  const lost = new AbortController()
  const patience = new AbortController()
  const committer = new Committer(context, owner, retake, lost.signal)
  const commit = () => committer.commit([], wanted, patience.signal)
  return { committer, commit, notices, pauses, counters, lost, patience }
}

const aborted: CommitResult = { status: 'aborted', cause }
const unknown: CommitResult = { status: 'unknown', cause }

describe('a commit', () => {
  it('that is committed is counted once', async () => {
    const { commit, counters } = committing(new ScriptedOwner(before, committed))
    expect(await commit()).toBe('committed')
    expect(counters.commits).toEqual({ committed: 1 })
  })

  it('that is aborted goes again, after pauses that grow, and says so', async () => {
    const owner = new ScriptedOwner(before, aborted, aborted, aborted, committed)
    const { commit, notices, pauses } = committing(owner)
    expect(await commit()).toBe('committed')
    expect(owner.attempts).toEqual([wanted, wanted, wanted, wanted])
    expect(pauses).toEqual([20, 40, 80])
    expect(notices[0]).toContain('the connection broke')
  })

  it('that is fenced loses the partition', async () => {
    const { commit } = committing(new ScriptedOwner(before, fenced))
    expect(await commit()).toBe('lost')
  })

  it('is not begun once the partition is lost', async () => {
    const owner = new ScriptedOwner(before, committed)
    const { commit, lost } = committing(owner)
    lost.abort()
    expect(await commit()).toBe('lost')
    expect(owner.attempts).toEqual([])
  })

  it('that is aborted is not tried again when patience is over', async () => {
    const owner = new ScriptedOwner(before, aborted)
    const { commit, patience } = committing(owner)
    patience.abort()
    expect(await commit()).toBe('lost')
    expect(owner.attempts).toHaveLength(1)
  })

  it('halts where the log is full, and where the user may not write', async () => {
    const failing = (code: 'log-full' | 'not-authorised') =>
      committing(new ScriptedOwner(before, { status: 'aborted', cause: new LogError(code, 'no') })).commit()
    await expect(failing('log-full')).rejects.toMatchObject({ code: 'log-full', stage: 'judge-text' })
    await expect(failing('not-authorised')).rejects.toMatchObject({ code: 'not-authorised' })
  })

  it('waits for a log that is away, and says so once', async () => {
    const away: CommitResult = { status: 'aborted', cause: new LogError('unavailable', 'no broker') }
    const { commit, notices } = committing(new ScriptedOwner(before, away, away, committed))
    expect(await commit()).toBe('committed')
    expect(notices).toEqual(['the log cannot be reached, waiting: no broker'])
  })
})

describe('a commit of unknown outcome', () => {
  it('was committed when the position found is the one attempted', async () => {
    const first = new ScriptedOwner(before, unknown)
    const second = new ScriptedOwner(wanted)
    const { commit, committer } = committing(first, second)
    expect(await commit()).toBe('committed')
    expect(committer.owner).toBe(second)
    expect(first.released).toBe(true)
  })

  it('was aborted when the position is the one before: the new owner commits the same again', async () => {
    const second = new ScriptedOwner(before, committed)
    const { commit } = committing(new ScriptedOwner(before, unknown), second)
    expect(await commit()).toBe('committed')
    expect(second.attempts).toEqual([wanted])
  })

  it('is compared with the position that this committer committed last, not with the one it began with', async () => {
    const later: Commit = { offset: 9, metadata: '1 c ' }
    const second = new ScriptedOwner(wanted, committed)
    const { committer, patience } = committing(new ScriptedOwner(before, committed, unknown), second)
    await committer.commit([], wanted, patience.signal)
    expect(await committer.commit([], later, patience.signal)).toBe('committed')
    expect(second.attempts).toEqual([later])
  })

  it('means a lost partition when the position is neither: another owner was there', async () => {
    const { commit } = committing(
      new ScriptedOwner(before, unknown),
      new ScriptedOwner({ offset: 4, metadata: '1 other ' })
    )
    expect(await commit()).toBe('lost')
  })

  it('means a lost partition when it is no longer assigned', async () => {
    const { commit } = committing(new ScriptedOwner(before, unknown), new LogError('partition-lost', 'gone'))
    expect(await commit()).toBe('lost')
  })

  it('halts when the partition cannot be taken again twice', async () => {
    const { commit } = committing(new ScriptedOwner(before, unknown), new Error('no'), new Error('still no'))
    await expect(commit()).rejects.toMatchObject({
      code: 'commit-unresolved',
      message: expect.stringMatching(/the connection broke.*still no/)
    })
  })

  it('is resolved when the second attempt to take the partition succeeds', async () => {
    const { commit, pauses } = committing(
      new ScriptedOwner(before, unknown),
      new Error('no'),
      new ScriptedOwner(wanted)
    )
    expect(await commit()).toBe('committed')
    expect(pauses).toEqual([500])
  })
})
