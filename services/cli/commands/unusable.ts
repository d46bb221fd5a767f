import { type IngestReport, isAllUnusable, type Survey, textFields } from '../../ingest/index.ts'
import type { OpenPipeline } from '../../operate/open.ts'
import { countRecords } from '../../operate/read.ts'
import { documents } from '../../topics.ts'
import { printableLine } from '../display/printable.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'

/** Why nothing of what was given could be used, and what to do. */
export function unusableText(
  { reasons, passedOver, otherFields }: IngestReport,
  textField: string | undefined
): string {
  const lines = ['None of the input can be used.']
  if (Object.keys(reasons).length + Object.keys(passedOver).length === 0)
    lines.push('It was rejected before and has not changed. fanno cat rejections shows the reasons.')
  const counts = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`)
  if (counts.length > 0) lines.push(`Rejected: ${counts.join(', ')}. fanno cat rejections shows each.`)
  if (otherFields.length > 0)
    lines.push(
      `The lines have the fields ${otherFields.map(name => `"${name}"`).join(', ')}; text is taken from ${
        textField === undefined ? textFields.join(', ') : `"${textField}"`
      }. Name another with --text-field.`
    )
  const left = Object.entries(passedOver).map(([ending, count]) => `${count} ${ending}`)
  if (left.length > 0) lines.push(`Files with an unknown extension: ${left.join(', ')}.`)
  return lines.map(printableLine).join('\n')
}

/** Something was given, and no document came of it, now or before. */
export const isUnusable = async (report: IngestReport, open: OpenPipeline): Promise<boolean> =>
  isAllUnusable(report) ||
  (report.documents === 0 && report.unchanged > 0 && (await countRecords(open, documents)) === 0)

/** @throws CommandError when there is nothing to read: before anything is made. */
export function refuseNothing({ sources, unreadable, passedOver }: Survey): void {
  if (sources.length > 0) return
  const problems = unreadable.map(({ source, problem }) => `  ${printableLine(`${source}: ${problem}`)}`)
  const left = Object.entries(passedOver).map(([ending, count]) => `${count} ${printableLine(ending)}`)
  const endings = left.length > 0 ? [`  Files with an unknown extension: ${left.join(', ')}.`] : []
  throw new CommandError(
    left.length > 0 ? exitCodes.badData : exitCodes.problems,
    ['There is no input to read:', ...problems, ...endings].join('\n')
  )
}
