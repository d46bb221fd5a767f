import { existsSync, readFileSync } from 'node:fs'
import { parseFaults, startRehearsalModel } from '../../rehearsal-model/index.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'
import { listenForStop } from '../ending/stop-signals.ts'

export interface RehearsalModelCommand {
  readonly host: string | undefined
  readonly port: number
  readonly apiKey: string | undefined
  readonly seed: number | undefined
  readonly slots: number | undefined
  readonly prefillTokensPerSecond: number | undefined
  readonly decodeTokensPerSecond: number | undefined
  /** JSON, or a file that holds it. */
  readonly faults: string | undefined
  readonly callsFile: string | undefined
  readonly write: (text: string) => void
}

/** Serves the rehearsal model until it is stopped. Its URL is printed on standard output. */
export async function serveRehearsalModel({ faults, write, ...options }: RehearsalModelCommand): Promise<number> {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const model = await startRehearsalModel({ ...given, ...(faults !== undefined && { faults: faultsFrom(faults) }) })
  const stop = listenForStop(() => {})
  write(`${model.url}\n`)
  if (!stop.signal.aborted) await new Promise(resolve => stop.signal.addEventListener('abort', resolve))
  await model.close()
  stop.release()
  return stop.exitCode() ?? exitCodes.ok
}

function faultsFrom(given: string) {
  try {
    return parseFaults(JSON.parse(existsSync(given) ? readFileSync(given, 'utf8') : given) as never)
  } catch (error) {
    throw new CommandError(exitCodes.usage, `--faults: ${(error as Error).message}`)
  }
}
