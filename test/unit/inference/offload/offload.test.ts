import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OffloadAsk, offload } from '../../../../engine/declare/index.ts'
import { createOffload, type Offload } from '../../../../engine/inference/offload/offload.ts'
import type { Deed } from '../../../support/doubling-thread.ts'

const ask = (cpuMs = 30_000, memoryMiB = 24) =>
  offload<Deed, number>(new URL('../../../support/doubling-thread.ts', import.meta.url), {
    cpuMs,
    memoryMiB
  }) as OffloadAsk
const never = new AbortController().signal
let threads: Offload

beforeEach(() => {
  threads = createOffload(1)
})
afterEach(() => threads.close())

const run = (deed: Deed, asked = ask(), signal = never) => threads.run(asked, deed, signal)

describe('work in a thread', () => {
  it('comes back with its value', async () => {
    expect(await run({ do: 'double', number: 21 })).toBe(42)
  })
  it('that throws is the end of its record, with the reason', async () => {
    await expect(run({ do: 'throw' })).rejects.toMatchObject({
      kind: 'record-terminal',
      message: expect.stringContaining('no such deed')
    })
  })
  it('that takes too long is killed, tried once more, and is the end of its record', async () => {
    await expect(run({ do: 'spin' }, ask(300))).rejects.toMatchObject({
      kind: 'record-terminal',
      message: expect.stringContaining('ms of CPU time')
    })
    expect(await run({ do: 'double', number: 2 })).toBe(4)
  })
  it('that never ends holds up only its like', async () => {
    // As many as there are threads, and more: each goes apart after its first share of time.
    const endless = Array.from({ length: 2 }, () => run({ do: 'spin' }, ask(1_500)).catch((error: Error) => error))
    let ended = 0
    for (const each of endless) void each.then(() => ended++)
    expect(await run({ do: 'double', number: 21 }, ask(1_500))).toBe(42)
    expect(ended).toBe(0)
    expect(await Promise.all(endless)).toMatchObject(endless.map(() => ({ kind: 'record-terminal' })))
  })
  it('that waits long for a thread has used none of its time', async () => {
    const busy = run({ do: 'work', ms: 900 })
    expect(await run({ do: 'double', number: 5 }, ask(500))).toBe(10)
    await busy
  })
  it.each(['hoard', 'exit'] as const)(
    'that kills its thread (%s) is the end of its record, and of no other',
    async what => {
      await expect(run({ do: what })).rejects.toMatchObject({ kind: 'record-terminal' })
      expect(await run({ do: 'double', number: 3 })).toBe(6)
    }
  )
  it('is tried once more when its thread dies, since another may have been to blame', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thread-'))
    expect(await run({ do: 'exit-once', number: 5, trace: join(folder, 'exited') })).toBe(10)
    rmSync(folder, { recursive: true })
  })
  it('is withdrawn with its question', async () => {
    const withdrawal = new AbortController()
    const running = run({ do: 'spin' }, ask(), withdrawal.signal)
    setTimeout(() => withdrawal.abort(), 50)
    await expect(running).rejects.toMatchObject({ kind: 'shutdown' })
    expect(await run({ do: 'double', number: 4 })).toBe(8)
  })
  it('on what cannot be handed over is the end of its record', async () => {
    await expect(threads.run(ask(), { do: () => {} }, never)).rejects.toMatchObject({ kind: 'record-terminal' })
  })
})
