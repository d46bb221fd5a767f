import { LogOutage } from '../../../engine/runtime/ground/outage.ts'
import { type IngestReport, ingest, survey } from '../../ingest/index.ts'
import { type OpenPipeline, openToWrite } from '../../operate/open.ts'
import { pipelineToFeed } from '../../operate/pipeline-to-feed.ts'
import { counted, grouped, jsonLine, printableLine } from '../display/printable.ts'
import type { Display } from '../display/progress.ts'
import { exitCodes } from '../ending/exit-codes.ts'
import { type StopSignals, untilStopped } from '../ending/stop-signals.ts'
import type { Configuration } from '../settings/configuration.ts'
import { isUnusable, refuseNothing, unusableText } from './unusable.ts'

export interface IngestCommand {
  readonly configuration: Configuration
  readonly inputs: readonly string[]
  readonly json: boolean
  /** Field of JSON lines that holds the text; the usual ones by default. */
  readonly textField: string | undefined
  readonly display: Display
}

/** Appends documents, beside a process that runs the stages or before there is one. */
export async function ingestDocuments(command: IngestCommand): Promise<number> {
  const { configuration, inputs, display } = command
  return untilStopped(display.notice, async stop => {
    // Before anything is made: an ingest of nothing leaves no pipeline behind.
    refuseNothing(await survey(inputs, process.cwd()))
    const pipeline = await pipelineToFeed(configuration, display, stop.signal)
    const outage = new LogOutage(display.warning)
    const opening = () => openToWrite({ ...configuration, pipeline }, 'append', display.notice)
    const open = await outage.outlast(opening, stop.signal)
    try {
      return await append(command, open, outage, stop)
    } finally {
      await open.driver.close()
    }
  })
}

async function append(
  { inputs, json, textField, display }: IngestCommand,
  open: OpenPipeline,
  outage: LogOutage,
  stop: StopSignals
): Promise<number> {
  const report = await ingest({
    ...open,
    inputs,
    cwd: process.cwd(),
    stdin: process.stdin,
    notice: display.warning,
    signal: stop.signal,
    outage,
    ...(textField !== undefined && { textField })
  })
  if (json) process.stdout.write(`${jsonLine({ pipeline: open.pipeline, ...report })}\n`)
  else display.notice(reportLine(open.pipeline, report))
  if (stop.exitCode() === undefined && (await isUnusable(report, open))) {
    display.warning(unusableText(report, textField))
    return exitCodes.badData
  }
  return stop.exitCode() ?? (report.unreadable.length > 0 ? exitCodes.problems : exitCodes.ok)
}

function reportLine(pipeline: string, report: IngestReport): string {
  const rejected = Object.entries(report.reasons).map(([reason, count]) => `${reason} ${grouped(count)}`)
  const parts = [
    `${pipeline}: ${counted(report.documents, 'document')} from ${counted(report.sources, 'source')}`,
    ...(report.unchanged > 0 ? [`${grouped(report.unchanged)} without change`] : []),
    ...(rejected.length > 0 ? [`rejected: ${rejected.join(', ')}`] : []),
    ...(report.unreadable.length > 0 ? [`${grouped(report.unreadable.length)} could not be read`] : [])
  ]
  return printableLine(parts.join('; '))
}
