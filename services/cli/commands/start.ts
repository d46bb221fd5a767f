import type { Configuration } from '../configuration.ts'
import { exitCodes } from '../exit-codes.ts'
import { connect, findModels } from '../models.ts'
import { openToWrite } from '../open-log.ts'
import type { Display } from '../progress.ts'
import { messageOf } from '../report-error.ts'
import { listenForStop } from '../stop-signals.ts'
import { work } from '../work.ts'

export interface StartOptions {
  readonly configuration: Configuration
  readonly acceptChange: boolean
  readonly display: Display
}

/** Serves until it is stopped: whatever is ingested meanwhile, by other processes too, goes through all stages. */
export async function start({ configuration, acceptChange, display }: StartOptions): Promise<number> {
  const stop = listenForStop(display.notice)
  try {
    const models = await findModels(configuration, display.notice, stop.signal)
    try {
      const open = await openToWrite({ ...configuration, pipeline: models.pipeline, role: 'run' })
      try {
        const secret = open.driver.secret()
        const inference = await connect(configuration, models.targets, secret, display.notice, stop.signal)
        try {
          display.notice(`${open.pipeline} is running. Add documents with: fanno ingest <files>. Stop with Ctrl-C.`)
          const { signal } = stop
          const { ending } = await work({
            open,
            configuration,
            inference,
            acceptChange,
            display,
            signal,
            untilDrained: false
          })
          display.close()
          if (typeof ending === 'string') return stop.exitCode() ?? exitCodes.ok
          process.stderr.write(`fanno: ${messageOf(ending)}\n`)
          return ending.exitCode
        } finally {
          await inference.close()
        }
      } finally {
        await open.driver.close()
      }
    } finally {
      await models.close()
    }
  } finally {
    stop.release()
  }
}
