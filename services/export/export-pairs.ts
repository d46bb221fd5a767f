import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { claim, refuseForeign, writeCard } from './folder.ts'
import { type FormatName, fileName, formats } from './formats.ts'
import { type PairsLog, pairsBelow } from './pairs-on-log.ts'
import type { Selection } from './selection.ts'
import { openTextFile, type TextSink } from './text-file.ts'

export interface ExportOptions extends PairsLog {
  /** Pairs below these ends are looked at. */
  readonly ends: readonly number[]
  readonly selection: Selection
  /** The pairs were made by a rehearsal model: marked in every file name and every line of lineage. */
  readonly rehearsal: boolean
}

export interface Exported {
  readonly pairs: number
  /** Documents that they stem from. */
  readonly documents: number
  readonly files: readonly string[]
}

/**
 * Writes the selected pairs to the pipeline's own folder in `out`: each format in a file, and a card that tells Hugging
 * Face's `load_dataset` which file is which configuration. Files appear when they are whole. Nothing is written, and
 * nothing replaced, when there is no pair.
 * @throws ForeignFolder when another pipeline wrote there.
 */
export async function exportToFolder(
  options: ExportOptions & { readonly place: string },
  out: string
): Promise<Exported> {
  const folder = join(out, options.pipeline)
  await refuseForeign(folder, options)
  const wanted = Object.keys(formats) as FormatName[]
  const files = wanted.map(format => join(folder, fileName(format, options.rehearsal)))
  const sinks: TextSink[] = []
  try {
    for (const file of files) sinks.push(await openTextFile(file))
    const counted = await write(options, wanted, sinks)
    if (counted.pairs === 0) {
      await Promise.all(sinks.map(sink => sink.discard()))
      // Folders that were made for nothing; what holds something stays.
      for (const empty of [folder, out]) await rmdir(empty).catch(() => {})
      return { ...counted, files: [] }
    }
    await claim(folder, options)
    for (const sink of sinks) await sink.finish()
    await writeCard(folder, options, counted.pairs)
    return { ...counted, files }
  } catch (error) {
    await Promise.all(sinks.map(sink => sink.discard()))
    throw error
  }
}

/** Writes the selected pairs in one format to a sink, which it neither finishes nor discards. */
export const exportTo = (options: ExportOptions, sink: TextSink, format: FormatName) => write(options, [format], [sink])

async function write(
  options: ExportOptions,
  wanted: readonly FormatName[],
  sinks: readonly TextSink[]
): Promise<Omit<Exported, 'files'>> {
  const { ends, selection, rehearsal } = options
  const documents = new Set<string>()
  let count = 0
  for await (const found of pairsBelow(options, ends)) {
    if (!selection(found)) continue
    documents.add(found.value.passage.documentId)
    for (const [index, name] of wanted.entries()) {
      const format = formats[name]
      await sinks[index]!.write((count === 0 ? format.open : format.between) + format.line(found, rehearsal))
    }
    count += 1
  }
  for (const [index, name] of wanted.entries())
    if (count > 0) await sinks[index]!.write(formats[name].close)
    else if (name === 'alpaca') await sinks[index]!.write('[]\n')
  return { pairs: count, documents: documents.size }
}
