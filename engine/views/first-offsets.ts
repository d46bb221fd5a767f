import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { checksumBytes, seal, unseal } from '../log/embedded/format/checksums.ts'
import { checkFiles } from '../log/embedded/format/lmdb-files.ts'
import { hasWholeBeginning, isWholeIndex } from '../log/embedded/pages/single-tree.ts'
import { LogError } from '../log/errors.ts'

/**
 * At which offset a key first stood in a partition. Derived from the log alone and rebuilt from it when it is lost, so
 * that no crash can make two copies of a key take each other for the first.
 */
export interface FirstOffsets {
  /** Offsets below it have been folded in. */
  checkpoint(scope: string): number
  /**
   * Folds entries in, in offset order, and moves the checkpoint on. Folding the same entries again changes nothing.
   * @returns for each entry the first offset of its key.
   */
  fold(
    scope: string,
    entries: readonly { readonly key: string; readonly offset: number }[],
    checkpoint: number
  ): number[]
  reset(scope: string): void
  close(): Promise<void>
}

const digest = (text: string, bytes: number): Buffer => createHash('sha256').update(text).digest().subarray(0, bytes)

/** Of all keys of a scope: what they begin with. Its checkpoint is kept under that alone. */
const scopeBytes = 12
const prefixOf = (scope: string): Buffer => digest(scope, scopeBytes)

/** An offset (6 bytes, big-endian), and the checksum of it and its key. */
const table = 'first-offsets'
const offsetBytes = 6
const valueBytes = offsetBytes + checksumBytes

function sealedOffset(key: Buffer, offset: number): Buffer {
  const value = Buffer.alloc(valueBytes)
  value.writeUIntBE(offset, 0, offsetBytes)
  seal(table, key, value)
  return value
}

const offsetIn = (key: Buffer, value: Buffer): number | undefined =>
  value.length === valueBytes ? unseal(table, key, value)?.readUIntBE(0, offsetBytes) : undefined

type Index = RootDatabase<Buffer, Buffer>

/**
 * An index on disk: 28 bytes of hashes (scope, key) and one offset a key. One that is damaged, or of an earlier version, is
 * begun anew: it is derived, and would be believed when it takes a first for a repeat.
 */
export async function openFirstOffsets(dir: string): Promise<FirstOffsets> {
  mkdirSync(dir, { recursive: true })
  const db = await openWhole(join(dir, 'first-offsets.mdb'))
  const get = (key: Buffer): number | undefined => {
    const value = db.get(key)
    const offset = value && offsetIn(key, value)
    if (!value || offset !== undefined) return offset
    throw new LogError('log-damaged', `the index of first offsets in ${dir} is damaged. Start again: it is recreated`)
  }
  return {
    checkpoint: scope => get(prefixOf(scope)) ?? 0,
    fold: (scope, entries, checkpoint) =>
      db.transactionSync(() => {
        const prefix = prefixOf(scope)
        const firsts = entries.map(({ key, offset }) => {
          const place = Buffer.concat([prefix, digest(key, 16)])
          const first = get(place)
          if (first !== undefined && first <= offset) return first
          db.putSync(place, sealedOffset(place, offset))
          return offset
        })
        if (checkpoint > (get(prefix) ?? 0)) db.putSync(prefix, sealedOffset(prefix, checkpoint))
        return firsts
      }),
    reset: scope => {
      const prefix = prefixOf(scope)
      db.transactionSync(() => {
        for (const key of [...db.getKeys({ start: prefix })]) {
          if (!key.subarray(0, scopeBytes).equals(prefix)) break
          db.removeSync(key)
        }
      })
    },
    close: () => db.close()
  }
}

async function openWhole(path: string): Promise<Index> {
  const files = [path, `${path}-lock`]
  const remove = () => {
    for (const file of files) rmSync(file, { recursive: true, force: true })
  }
  const openIndex = (): Index => {
    checkFiles(files)
    return open({ path, encoding: 'binary', keyEncoding: 'binary' })
  }
  if (existsSync(path) && !hasWholeBeginning(path)) remove()
  const db = openIndex()
  // On a cluster, another process of this machine may write to it.
  const pinned = db.useReadTransaction()
  const isWhole = await isWholeIndex(path, (key, value) => offsetIn(key, value) !== undefined)
  pinned.done()
  if (isWhole) return db
  await db.close()
  remove()
  return openIndex()
}

/** The same in memory, for tests and for logs that live in memory. */
export function firstOffsetsInMemory(): FirstOffsets {
  const scopes = new Map<string, { checkpoint: number; firsts: Map<string, number> }>()
  const of = (scope: string) => {
    const found = scopes.get(scope) ?? { checkpoint: 0, firsts: new Map<string, number>() }
    scopes.set(scope, found)
    return found
  }
  return {
    checkpoint: scope => of(scope).checkpoint,
    fold: (scope, entries, checkpoint) => {
      const index = of(scope)
      index.checkpoint = Math.max(index.checkpoint, checkpoint)
      return entries.map(({ key, offset }) => {
        const first = index.firsts.get(key)
        if (first !== undefined && first <= offset) return first
        index.firsts.set(key, offset)
        return offset
      })
    },
    reset: scope => void scopes.delete(scope),
    close: async () => {}
  }
}
