import { createInterface } from 'node:readline/promises'
import type { LogTarget } from '../operate/configuration.ts'
import { backendOf } from '../operate/open.ts'
import { CommandError, exitCodes } from './ending/exit-codes.ts'

/**
 * `--fresh`: deletes the pipeline of that name, if there is one, after asking. @throws CommandError unless confirmed.
 */
export async function confirmFresh(log: LogTarget, pipeline: string, yes: boolean): Promise<void> {
  const backend = await backendOf(log)
  if (!(await backend.pipelines()).includes(pipeline)) return
  if (!yes && !(await isConfirmed(`Delete the pipeline ${pipeline} in ${backend.label}, with all its records?`)))
    throw new CommandError(
      exitCodes.usage,
      `--fresh deletes the pipeline ${pipeline} in ${backend.label}. Add --yes to confirm. Nothing was deleted.`
    )
  await backend.remove(pipeline)
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
