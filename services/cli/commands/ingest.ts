import { isLogError } from '../../../engine/log/errors.ts'
import { LogOutage } from '../../../engine/runtime/outage.ts'
import { ingest } from '../../ingest/index.ts'
import type { Configuration } from '../configuration.ts'
import { exitCodes } from '../exit-codes.ts'
import { openToWrite } from '../open-log.ts'
import { pipelineToFeed } from '../pipeline-to-feed.ts'
import { counted, grouped, jsonLine, printableLine } from '../printable.ts'
import type { Display } from '../progress.ts'
import { listenForStop } from '../stop-signals.ts'

export interface IngestCommand {
  readonly configuration: Configuration
  readonly inputs: readonly string[]
  readonly json: boolean
  readonly display: Display
}

/** Appends documents, beside a process that runs the stages or before there is one. */
export async function ingestDocuments({ configuration, inputs, json, display }: IngestCommand): Promise<number> {
  const { notice } = display
  const stop = listenForStop(notice)
  try {
    const pipeline = await pipelineToFeed(configuration, notice, stop.signal)
    const outage = new LogOutage(display.warning)
    const opening = () => openToWrite({ ...configuration, pipeline, role: 'append', notice })
    const open = await outage.outlast(opening, stop.signal)
    try {
      const { stdin } = process
      const { signal } = stop
      const cwd = process.cwd()
      const report = await ingest({ ...open, inputs, cwd, stdin, notice: display.warning, signal, outage })
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
