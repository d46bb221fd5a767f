import type { Configuration } from '../configuration.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Display } from '../progress.ts'
import { messageOf } from '../report-error.ts'
import { inSession } from '../session.ts'
import { work } from '../work.ts'

export interface StartOptions {
  readonly configuration: Configuration
  readonly acceptChange: boolean
  readonly display: Display
}

/** Serves until it is stopped: whatever is ingested meanwhile, by other processes too, goes through all stages. */
export const start = (options: StartOptions): Promise<number> =>
  inSession(
    options,
    async () => {},
    async ({ open, inference, stop }) => {
      const { display } = options
      display.notice(`${open.pipeline} is running. Add documents with: fanno ingest <files>. Stop with Ctrl-C.`)
      const { ending } = await work({ ...options, open, inference, signal: stop.signal, untilDrained: false })
      display.close()
      if (typeof ending === 'string') return stop.exitCode() ?? exitCodes.ok
      process.stderr.write(`fanno: ${messageOf(ending)}\n`)
      return ending.exitCode
    }
  )
