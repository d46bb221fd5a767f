import {
  endsOfPairs,
  everything,
  exportTo,
  exportToFolder,
  type pairFormats,
  select,
  textSink
} from '../../export/index.ts'
import { DamageTold } from '../damage-told.ts'
import { exitCodes } from '../exit-codes.ts'
import type { LogTarget } from '../log-target.ts'
import { isRehearsal, openToRead } from '../open-log.ts'
import { grouped } from '../printable.ts'

export interface ExportCommand {
  readonly log: LogTarget
  readonly named: string | undefined
  readonly format: (typeof pairFormats)[number]
  readonly limit: number | undefined
  /** A folder; standard output where it is not given. */
  readonly out: string | undefined
  readonly notice: (text: string) => void
}

/** Writes the accepted pairs as they are now, also while stages run. Of a damaged log those that are whole: exit code 65. */
export async function exportPairs({ log, named, format, limit, out, notice }: ExportCommand): Promise<number> {
  const damage = new DamageTold(notice)
  const open = await openToRead(log, named, 'salvage')
  damage.opened(open.damage)
  try {
    const pairs = { ...open, onDamage: damage.met }
    const ends = await endsOfPairs(pairs)
    const selection = limit === undefined ? everything : await select(pairs, ends, limit, 'hash')
    const rehearsal = isRehearsal(open.pipeline)
    const options = { ...pairs, ends, selection, rehearsal }
    if (rehearsal) notice('These pairs were made by a rehearsal model: they are not for training.')
    if (out === undefined) await exportTo(options, textSink(process.stdout), format)
    else {
      const exported = await exportToFolder(options, out, [format, 'lineage'])
      notice(`${grouped(exported.pairs)} pairs in ${exported.files.join(' and ')}`)
    }
  } finally {
    await open.driver.close()
  }
  return damage.close() ? exitCodes.badData : exitCodes.ok
}
