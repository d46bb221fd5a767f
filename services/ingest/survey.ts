import { statSync } from 'node:fs'
import { type PassedOver, type Source, sourcesOf, type Unreadable } from './sources.ts'

/** What the inputs of an ingest are, before any of it is read. */
export interface Survey {
  readonly sources: readonly Source[]
  /** Of the files, as they lie on the disk. Standard input counts nothing. */
  readonly bytes: number
  /** Files of folders that are left out, by their ending. */
  readonly passedOver: Readonly<Record<string, number>>
  readonly unreadable: readonly Unreadable[]
}

/** More files than this are not listed before they are read: the first ones stand for them. */
const mostListed = 100_000

export async function survey(inputs: readonly string[], cwd: string): Promise<Survey> {
  const sources: Source[] = []
  const passedOver: Record<string, number> = {}
  const unreadable: Unreadable[] = []
  let bytes = 0
  const take = (found: Source | Unreadable | PassedOver) => {
    if ('problem' in found) unreadable.push(found)
    else if ('passedOver' in found) passedOver[found.ending] = (passedOver[found.ending] ?? 0) + 1
    else {
      sources.push(found)
      if (found.path !== undefined) bytes += statSync(found.path, { throwIfNoEntry: false })?.size ?? 0
    }
  }
  for (const input of inputs)
    for await (const found of sourcesOf(input, cwd)) {
      take(found)
      if (sources.length >= mostListed) return { sources, bytes, passedOver, unreadable }
    }
  return { sources, bytes, passedOver, unreadable }
}
