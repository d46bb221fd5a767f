import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, type RootDatabase } from 'lmdb'

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

/** An index on disk: 28 bytes of hashes (scope, key) and one offset a key. */
export function openFirstOffsets(dir: string): FirstOffsets {
  mkdirSync(dir, { recursive: true })
  const db: RootDatabase<number, Buffer> = open({
    path: `${dir}/first-offsets.mdb`,
    encoding: 'ordered-binary',
    keyEncoding: 'binary'
  })
  return {
    checkpoint: scope => db.get(prefixOf(scope)) ?? 0,
    fold: (scope, entries, checkpoint) =>
      db.transactionSync(() => {
        const prefix = prefixOf(scope)
        const firsts = entries.map(({ key, offset }) => {
          const place = Buffer.concat([prefix, digest(key, 16)])
          const first = db.get(place)
          if (first !== undefined && first <= offset) return first
          db.putSync(place, offset)
          return offset
        })
        if (checkpoint > (db.get(prefix) ?? 0)) db.putSync(prefix, checkpoint)
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
