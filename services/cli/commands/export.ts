import {
  endsOfPairs,
  everything,
  exportTo,
  exportToFolder,
  type pairFormats,
  select,
  textSink
} from '../../export/index.ts'
import type { LogTarget } from '../../operate/configuration.ts'
import { backendOf, isRehearsal, openToRead } from '../../operate/open.ts'
import { DamageTold } from '../display/damage-told.ts'
import { grouped } from '../display/printable.ts'
import { exitCodes } from '../ending/exit-codes.ts'

export interface ExportCommand {
  readonly log: LogTarget
  readonly named: string | undefined
  /** All of them, into a folder, where it is not given. */
  readonly format: (typeof pairFormats)[number] | undefined
  readonly limit: number | undefined
  /** Where the folder of the pipeline is made. With a format alone, that goes to standard output. */
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
    if (format !== undefined && out === undefined) await exportTo(options, textSink(process.stdout), format)
    else {
      const place = (await backendOf(log)).label
      const { pairs, files } = await exportToFolder({ ...options, place }, out ?? 'out')
      notice(
        pairs === 0 ? 'There are no pairs yet: nothing was written.' : `${grouped(pairs)} pairs in ${files.join(', ')}`
      )
    }
  } finally {
    await open.driver.close()
  }
  return damage.close() ? exitCodes.badData : exitCodes.ok
}
