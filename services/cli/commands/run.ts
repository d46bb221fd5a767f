import {
  type CutRule,
  type Exported,
  endsOfPairs,
  everything,
  exportToFolder,
  findCut,
  recordCut,
  select
} from '../../export/index.ts'
import { emptyReport, ingest, survey } from '../../ingest/index.ts'
import { backendOf, isRehearsal } from '../../operate/open.ts'
import { countRecords } from '../../operate/read.ts'
import { inSession, type Session } from '../../operate/session.ts'
import { type Ending, type Worked, work } from '../../operate/work.ts'
import { pairs as pairsTopic } from '../../topics.ts'
import { expect, planText } from '../display/plan.ts'
import { grouped, jsonLine } from '../display/printable.ts'
import type { Display } from '../display/progress.ts'
import { samplePairs } from '../display/sample-pairs.ts'
import { type Summary, summarise, summaryText } from '../display/summary.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'
import { messageOf } from '../ending/report-error.ts'
import { type StopSignals, untilStopped } from '../ending/stop-signals.ts'
import { confirmFresh } from '../fresh.ts'
import type { Configuration } from '../settings/configuration.ts'
import { isUnusable, refuseNothing, unusableText } from './unusable.ts'

export interface RunOptions {
  readonly configuration: Configuration
  readonly inputs: readonly string[]
  readonly out: string
  readonly pairs: number | undefined
  readonly cut: CutRule
  readonly fresh: boolean
  readonly yes: boolean
  readonly acceptChange: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** Field of JSON lines that holds the text; the usual ones by default. */
  readonly textField: string | undefined
  readonly display: Display
}

/** A bounded run: ingest, work until all has settled or enough pairs are there, export, say what was done. */
export const run = (options: RunOptions): Promise<number> =>
  untilStopped(options.display.notice, stop => {
    const { configuration, acceptChange, display: notices } = options
    const beforeOpening = (pipeline: string) => prepare(options, pipeline)
    const { signal } = stop
    return inSession(
      { configuration, role: 'run', acceptChange, service: 'fanno', notices, signal, beforeOpening },
      session => runOpen(options, session, stop)
    )
  })

/** @throws CommandError when there is nothing to work on, before anything is created. */
async function prepare(options: RunOptions, pipeline: string): Promise<void> {
  const { log } = options.configuration
  const backend = await backendOf(log)
  if (options.inputs.length === 0 && !(await backend.pipelines()).includes(pipeline))
    throw new CommandError(
      exitCodes.usage,
      `There is nothing to work on: name files, folders, patterns or -, since ${backend.label} holds no pipeline ${pipeline}.`
    )
  await tellPlan(options)
  if (options.fresh) await confirmFresh(log, pipeline, options.yes)
}

/** Says what is about to be done. @throws CommandError when nothing of what was named can be read: nothing is made then. */
async function tellPlan({ inputs, configuration, textField, display }: RunOptions): Promise<void> {
  if (inputs.length === 0) return
  const found = await survey(inputs, process.cwd())
  refuseNothing(found)
  display.notice(planText(found, await expect(found, configuration.settings, textField)))
}

async function runOpen(options: RunOptions, session: Session, stop: StopSignals): Promise<number> {
  const { open, outage, inference } = session
  const { display, pairs, cut: rule } = options
  const report = emptyReport()
  const intake = async (signal: AbortSignal) => {
    const { inputs, textField } = options
    const given = { ...open, inputs, cwd: process.cwd(), stdin: process.stdin, notice: display.warning, signal, outage }
    Object.assign(report, await ingest({ ...given, ...(textField !== undefined && { textField }) }))
  }
  const known = pairs === undefined ? undefined : await findCut(open, pairs, rule)
  const worked = known
    ? await withoutWork(() => intake(stop.signal))
    : await work(session, {
        ...display,
        signal: stop.signal,
        intake,
        untilDrained: true,
        ...(pairs !== undefined && { wantedPairs: pairs })
      })
  display.close()
  const { ending } = worked
  const interrupted = stop.exitCode()
  const goesOn = interrupted === undefined && typeof ending === 'string'
  let exported: Exported | undefined
  if (goesOn) {
    const ended = await endsOfPairs(open)
    // All may have drained, and more have been accepted than were wanted, before anybody counted.
    const isEnough = pairs !== undefined && (await countRecords(open, pairsTopic)) >= pairs
    const recorded = known ?? (isEnough ? await recordCut(open, pairs, rule, ended) : undefined)
    const ends = recorded?.ends ?? ended
    const selection = recorded ? await select(open, ends, recorded.pairs, rule) : everything
    const rehearsal = isRehearsal(open.pipeline)
    const { label: place } = await backendOf(options.configuration.log)
    exported = await exportToFolder({ ...open, place, ends, selection, rehearsal }, options.out)
  }
  const summary = await summarise(open, {
    rehearsal: isRehearsal(open.pipeline),
    ingested: report,
    elapsedMs: worked.elapsedMs,
    firstPairMs: worked.firstPairMs,
    exported,
    samples: options.json || options.quiet ? [] : await samplePairs(open),
    usage: inference.usage
  })
  tell(options, summary, ending)
  if (typeof ending !== 'string') return ending.exitCode
  if (interrupted !== undefined) return interrupted
  if (await isUnusable(report, open)) {
    process.stderr.write(`fanno: ${unusableText(report, options.textField)}\n`)
    return exitCodes.badData
  }
  const tooFew = pairs !== undefined && exported !== undefined && exported.pairs < pairs
  return report.unreadable.length > 0 || tooFew ? exitCodes.problems : exitCodes.ok
}

/** The same number of pairs was cut before: nothing is asked again. New documents wait for the next run. */
async function withoutWork(intake: () => Promise<void>): Promise<Worked> {
  const began = performance.now()
  await intake()
  return { ending: 'enough', elapsedMs: performance.now() - began, firstPairMs: undefined }
}

function tell(options: RunOptions, summary: Summary, ending: Ending): void {
  if (options.json) process.stdout.write(`${jsonLine(summary)}\n`)
  else if (!options.quiet) process.stderr.write(`${summaryText(summary)}\n`)
  const { exported } = summary
  const say = (text: string) => process.stderr.write(`fanno: ${text}\n`)
  if (typeof ending !== 'string') say(messageOf(ending))
  else if (!exported)
    say('Stopped before the end. Run the command again to continue. fanno export writes the pairs that exist.')
  else if (options.pairs !== undefined && exported.pairs < options.pairs)
    say(
      `${grouped(options.pairs)} pairs were requested, but the documents yielded ${grouped(exported.pairs)}. Ingest more documents to continue.`
    )
}
