import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileName, type formats } from './formats.ts'
import { openTextFile } from './text-file.ts'

/** Who writes a folder. */
export interface Writer {
  readonly pipeline: string
  /** Where its log is, as people name it. */
  readonly place: string
  readonly rehearsal: boolean
}

/** A folder holds what another pipeline wrote. */
export class ForeignFolder extends Error {
  override readonly name = 'ForeignFolder'
}

/** Hidden, so that whoever loads the folder as a data set does not take it for data. */
const mark = '.fanno.json'

/** @throws ForeignFolder when another pipeline, or the same name on another log, wrote there. */
export async function refuseForeign(folder: string, { pipeline, place }: Writer): Promise<void> {
  let written: { readonly pipeline?: unknown; readonly place?: unknown }
  try {
    written = JSON.parse(readFileSync(join(folder, mark), 'utf8')) as typeof written
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new ForeignFolder(`${join(folder, mark)} cannot be read: say another folder with --out, or delete this one`)
  }
  if (written.pipeline === pipeline && written.place === place) return
  throw new ForeignFolder(
    `${folder} holds the pairs of pipeline ${String(written.pipeline)} in ${String(written.place)}, not those of ${pipeline} in ${place}. ` +
      'Nothing was overwritten: say another folder with --out, or delete this one.'
  )
}

export async function claim(folder: string, { pipeline, place }: Writer): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, mark), `${JSON.stringify({ pipeline, place })}\n`)
}

/** The card of a data set on Hugging Face: its head says which file is which configuration. */
export async function writeCard(folder: string, { pipeline, rehearsal }: Writer, pairs: number): Promise<void> {
  const file = (format: keyof typeof formats) => fileName(format, rehearsal)
  const made = rehearsal
    ? 'Made by a rehearsal model, which answers by rules: to see how everything works, **not for training**.'
    : 'Made from documents by open models, with fanno-stream.'
  const sink = await openTextFile(join(folder, 'README.md'))
  await sink.write(`---
configs:
- config_name: default
  data_files: ${file('alpaca')}
- config_name: messages
  data_files: ${file('messages')}
- config_name: lineage
  data_files: ${file('lineage')}
---
# Pairs of ${pipeline}
${pairs} instruction-response pairs. ${made}

| configuration | file | holds |
|---|---|---|
| default | ${file('alpaca')} | instruction, input, output |
| messages | ${file('messages')} | messages: role, content |
| lineage | ${file('lineage')} | one line a pair, in the same order: source, passage, scores, models, prompts, place on the log |
`)
  await sink.finish()
}
