import { createInterface } from 'node:readline/promises'
import { placeOfLog } from './open-log.ts'
import { CommandError, exitCodes } from './program/exit-codes.ts'
import type { LogTarget } from './settings/log-target.ts'

/**
 * `--fresh`: deletes the pipeline of that name, if there is one, after asking. @throws CommandError unless confirmed.
 */
export async function confirmFresh(log: LogTarget, pipeline: string, yes: boolean): Promise<void> {
  const place = await placeOfLog(log)
  if (!(await place.pipelines()).includes(pipeline)) return
  if (!yes && !(await isConfirmed(`Delete the pipeline ${pipeline} in ${place.label}, with all its records?`)))
    throw new CommandError(
      exitCodes.usage,
      `--fresh deletes the pipeline ${pipeline} in ${place.label}: say --yes as well. Nothing was deleted.`
    )
  await place.remove(pipeline)
}

async function isConfirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim())
  } finally {
    prompt.close()
  }
}
