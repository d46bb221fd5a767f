import { isLogError } from '../../../engine/log/errors.ts'
import { LogOutage } from '../../../engine/runtime/ground/outage.ts'
import { ingest, survey } from '../../ingest/index.ts'
import { counted, grouped, jsonLine, printableLine } from '../display/printable.ts'
import type { Display } from '../display/progress.ts'
import { isUnusable, refuseNothing, unusableText } from '../display/unusable.ts'
import { openToWrite } from '../open-log.ts'
import { pipelineToFeed } from '../pipeline-to-feed.ts'
import { exitCodes } from '../program/exit-codes.ts'
import { listenForStop } from '../program/stop-signals.ts'
import type { Configuration } from '../settings/configuration.ts'

export interface IngestCommand {
  readonly configuration: Configuration
  readonly inputs: readonly string[]
  readonly json: boolean
  /** Field of JSON lines that holds the text; the usual ones by default. */
  readonly textField: string | undefined
  readonly display: Display
}

/** Appends documents, beside a process that runs the stages or before there is one. */
export async function ingestDocuments({
  configuration,
  inputs,
  json,
  textField,
  display
}: IngestCommand): Promise<number> {
  const { notice } = display
  const stop = listenForStop(notice)
  try {
    // Before anything is made: an ingest of nothing leaves no pipeline behind.
    refuseNothing(await survey(inputs, process.cwd()))
    const pipeline = await pipelineToFeed(configuration, notice, stop.signal)
    const outage = new LogOutage(display.warning)
    const opening = () => openToWrite({ ...configuration, pipeline, role: 'append', notice })
    const open = await outage.outlast(opening, stop.signal)
    try {
      const { stdin } = process
      const { signal } = stop
      const cwd = process.cwd()
      const report = await ingest({
        ...open,
        inputs,
        cwd,
        stdin,
        notice: display.warning,
        signal,
        outage,
        ...(textField !== undefined && { textField })
      })
      if (json) process.stdout.write(`${jsonLine({ pipeline, ...report })}\n`)
      else {
        const rejected = Object.entries(report.reasons).map(([reason, count]) => `${reason} ${grouped(count)}`)
        const parts = [
          `${pipeline}: ${counted(report.documents, 'document')} from ${counted(report.sources, 'source')}`,
          ...(report.unchanged > 0 ? [`${grouped(report.unchanged)} without change`] : []),
          ...(rejected.length > 0 ? [`rejected: ${rejected.join(', ')}`] : []),
          ...(report.unreadable.length > 0 ? [`${grouped(report.unreadable.length)} could not be read`] : [])
        ]
        notice(printableLine(parts.join('; ')))
      }
      if (stop.exitCode() === undefined && (await isUnusable(report, open))) {
        display.warning(unusableText(report, textField))
        return exitCodes.badData
      }
      return stop.exitCode() ?? (report.unreadable.length > 0 ? exitCodes.problems : exitCodes.ok)
    } finally {
      await open.driver.close()
    }
  } catch (error) {
    const code = stop.exitCode()
    if (code !== undefined && isLogError(error, 'unavailable')) return code
    throw error
  } finally {
    stop.release()
  }
}
