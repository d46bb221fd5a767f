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

const digest = (key: string): Buffer => createHash('sha256').update(key).digest().subarray(0, 16)

/** An index on disk: 16 bytes of hash and one offset a key. */
export function openFirstOffsets(dir: string): FirstOffsets {
  mkdirSync(dir, { recursive: true })
  const db: RootDatabase<number, (string | Buffer)[]> = open({
    path: `${dir}/first-offsets.mdb`,
    encoding: 'ordered-binary'
  })
  return {
    checkpoint: scope => db.get([scope]) ?? 0,
    fold: (scope, entries, checkpoint) =>
      db.transactionSync(() => {
        const firsts = entries.map(({ key, offset }) => {
          const place = [scope, digest(key)]
          const first = db.get(place)
          if (first !== undefined && first <= offset) return first
          db.putSync(place, offset)
          return offset
        })
        if (checkpoint > (db.get([scope]) ?? 0)) db.putSync([scope], checkpoint)
        return firsts
      }),
    reset: scope => {
      db.transactionSync(() => {
        for (const key of db.getKeys({ start: [scope] })) {
          if (key[0] !== scope) break
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
