import type { Inference } from '../../../engine/inference/port.ts'
import type { Pair } from '../../../schemas/types.ts'
import type { IngestReport } from '../../ingest/index.ts'
import type { OpenPipeline } from '../../operate/open.ts'
import { countRecords } from '../../operate/read.ts'
import { documents, drafts, instructions, pairs, passages, screenedPassages } from '../../topics.ts'
import { topology } from '../../topology.ts'
import { counted, duration, grouped, lineWidth, printableLine, table, wrap } from './printable.ts'
import { pairText } from './sample-pairs.ts'
import { type TagCells, tagCellsOf, tagCellsText } from './tag-cells.ts'
import { asObject, tallyOf } from './tally.ts'

/** What a run did and what there is now. As it is printed with `--json`. */
export interface Summary {
  readonly pipeline: string
  readonly rehearsal: boolean
  /** Records on the log, of all runs. */
  readonly records: Readonly<Record<string, number>>
  readonly rejected: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly rejectedInPart: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly deadLettered: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly tagCells: TagCells
  /** Of this run. */
  readonly usage: Readonly<Record<string, { calls: number; promptTokens: number; completionTokens: number }>>
  readonly ingested: Pick<IngestReport, 'documents' | 'sources' | 'unchanged' | 'unreadable'> &
    Partial<Pick<IngestReport, 'passedOver' | 'textFields'>>
  readonly elapsedMs: number
  /** From the start of this run; undefined where it accepted none. */
  readonly firstPairMs: number | undefined
  readonly exported:
    | { readonly pairs: number; readonly documents: number; readonly files: readonly string[] }
    | undefined
  /** Some pairs, for a first look. */
  readonly samples: readonly Pair[]
}

const topics = { documents, passages, screenedPassages, drafts, instructions, pairs }

export async function summarise(
  open: OpenPipeline,
  rest: Pick<Summary, 'rehearsal' | 'ingested' | 'elapsedMs' | 'firstPairMs' | 'exported' | 'samples'> & {
    usage: Inference['usage']
  }
): Promise<Summary> {
  const { usage, ...others } = rest
  const tally = await tallyOf(open)
  const records: Record<string, number> = {}
  for (const [name, handle] of Object.entries(topics)) records[name] = await countRecords(open, handle)
  return {
    pipeline: open.pipeline,
    records,
    rejected: asObject(tally.rejected),
    rejectedInPart: asObject(tally.partly),
    deadLettered: asObject(tally.deadLettered),
    tagCells: await tagCellsOf(open),
    usage: Object.fromEntries(topology.stages.map(({ name }) => [name, usage(name)])),
    ...others
  }
}

export function summaryText(summary: Summary): string {
  const { records, ingested, exported } = summary
  const lines: string[] = ['']
  const section = (title: string, content: readonly string[]) => {
    if (content.length > 0) lines.push(title, ...content.map(line => `  ${line}`), '')
  }
  section(`Pipeline ${summary.pipeline}`, [
    ['document', 'passage', 'draft', 'pair'].map(name => counted(records[`${name}s`] ?? 0, name)).join('  ·  '),
    `this run ingested ${counted(ingested.documents, 'document')} from ${counted(ingested.sources, 'source')}` +
      (ingested.unchanged > 0 ? `; ${counted(ingested.unchanged, 'source')} without change` : '')
  ])
  section(
    'Could not be read',
    ingested.unreadable.map(({ source, problem }) => printableLine(`${source}: ${problem}`))
  )
  section('Rejected, by stage and reason', reasonLines(summary.rejected))
  section('Parts of records rejected, the rest emitted', reasonLines(summary.rejectedInPart))
  section('Dead-lettered', reasonLines(summary.deadLettered))
  section('Tag grid', tagCellsText(summary.tagCells))
  const used = Object.entries(summary.usage).filter(([, { calls }]) => calls > 0)
  const total = (pick: (usage: Summary['usage'][string]) => number) =>
    used.reduce((sum, [, usage]) => sum + pick(usage), 0)
  section(
    'Calls and tokens of this run',
    used.length === 0
      ? ['none']
      : table(
          ['stage', 'calls', 'tokens read', 'tokens written'],
          [
            ...used.map(([stage, usage]) => [stage, usage.calls, usage.promptTokens, usage.completionTokens]),
            ['in all', total(u => u.calls), total(u => u.promptTokens), total(u => u.completionTokens)]
          ]
        )
  )
  const first = summary.firstPairMs === undefined ? [] : [`first pair after ${duration(summary.firstPairMs)}`]
  section('Time', [[`${duration(summary.elapsedMs)} in all`, ...first].join(', ')])
  if (exported)
    section(`Files: ${counted(exported.pairs, 'pair')} from ${counted(exported.documents, 'document')}`, [
      ...exported.files,
      ...(summary.rehearsal ? ['made by a rehearsal model: not for training'] : [])
    ])
  for (const [index, pair] of summary.samples.entries())
    section(`Pair ${index + 1} of ${summary.samples.length}, for a first look`, pairText(pair))
  const next =
    (records.pairs ?? 0) === 0
      ? [
          'fanno status              what waits, what was rejected and why',
          'fanno cat rejections      each with its reason'
        ]
      : [
          'fanno cat pairs --limit 1 --json   one pair with its whole lineage',
          'fanno status                       every stage: in, out, rejected and why'
        ]
  section('Next', next)
  return lines.join('\n').trimEnd()
}

function reasonLines(counts: Summary['rejected']): string[] {
  const width = Math.max(0, ...Object.keys(counts).map(stage => stage.length))
  return Object.entries(counts).flatMap(([stage, reasons]) => {
    const text = Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason} ${grouped(count)}`)
      .join(', ')
    return wrap(text, lineWidth - width - 4).map(
      (line, index) => `${(index === 0 ? stage : '').padEnd(width)}  ${line}`
    )
  })
}
