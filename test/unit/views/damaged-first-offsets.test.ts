import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFirstOffsets } from '../../../engine/views/first-offsets.ts'
import { damage, damages } from '../../support/embedded/damage.ts'

let dir: string
let path: string
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'damaged-index-'))
  path = join(dir, 'first-offsets.mdb')
  const index = await openFirstOffsets(dir)
  for (let from = 0; from < 4_000; from += 500) index.fold('t/0', entries(from, from + 500), from + 500)
  await index.close()
})
afterEach(() => rmSync(dir, { recursive: true }))

const entries = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ key: `text-${from + index}`, offset: from + index }))

/** What the index says when it is opened: it must be right, or begin anew. */
async function said(): Promise<'as before' | 'begun anew' | 'wrong'> {
  const index = await openFirstOffsets(dir)
  try {
    const checkpoint = index.checkpoint('t/0')
    if (checkpoint === 0) return 'begun anew'
    const firsts = index.fold('t/0', entries(0, 4_000), 4_000)
    return checkpoint === 4_000 && firsts.every((first, offset) => first === offset) ? 'as before' : 'wrong'
  } finally {
    await index.close()
  }
}

describe('an index of first offsets that is damaged', () => {
  it('is begun anew or found whole, whatever is damaged', async () => {
    const good = readFileSync(path)
    const outcomes = { 'as before': 0, 'begun anew': 0, wrong: 0 }
    const ways = Object.keys(damages)
    for (let seed = 0; seed < 8 * ways.length; seed++) {
      writeFileSync(path, good)
      damage(path, ways[seed % ways.length]!, seed)
      outcomes[await said()]++
    }
    expect(outcomes.wrong).toBe(0)
    expect(outcomes['begun anew']).toBeGreaterThan(40)
    expect(outcomes['as before']).toBeGreaterThan(0)
  }, 60_000)

  it('is begun anew when it is cut off, empty, or another file', async () => {
    const good = readFileSync(path)
    const size = good.length
    for (const bytes of [0, 1, 4_096, 8_192, size / 2, size - 1]) {
      writeFileSync(path, good.subarray(0, bytes))
      expect(await said()).toBe('begun anew')
    }
    writeFileSync(path, 'x'.repeat(50_000))
    expect(await said()).toBe('begun anew')
    rmSync(path)
    mkdirSync(path)
    expect(await said()).toBe('begun anew')
  })

  it('is begun anew when an earlier version wrote it, without checksums', async () => {
    rmSync(path)
    const earlier = open({ path, encoding: 'ordered-binary', keyEncoding: 'binary' })
    await earlier.put(Buffer.alloc(28, 1), 7)
    await earlier.close()
    expect(await said()).toBe('begun anew')
  })

  it('is kept when it is whole, also while another process writes to it', async () => {
    const one = await openFirstOffsets(dir)
    for (let turn = 0; turn < 20; turn++) {
      one.fold(`t/${turn}`, entries(0, 100), 100)
      expect(await said()).toBe('as before')
    }
    await one.close()
  })
})
