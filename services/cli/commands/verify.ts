import { damageText } from '../../../engine/log/embedded/damage/damage.ts'
import type { DamageReport } from '../../operate/backend/backend.ts'
import type { LogTarget } from '../../operate/configuration.ts'
import { backendOf, choosePipeline, openToRead } from '../../operate/open.ts'
import { topology } from '../../topology.ts'
import { type Verification, verify, violationKinds } from '../../verify/index.ts'
import { counted, grouped, jsonLine, printableLine, table } from '../display/printable.ts'
import { exitCodes } from '../ending/exit-codes.ts'

/**
 * Checks the promise over a whole log. Exit code 1, with the offending records, where it is broken; 65, with what is
 * damaged, where the log is not as it was written.
 */
export async function verifyLog(
  log: LogTarget,
  named: string | undefined,
  json: boolean,
  write: (text: string) => void
): Promise<number> {
  const place = await backendOf(log)
  const pipeline = await choosePipeline(place, named)
  const damage = await place.damage(pipeline)
  if (damage.listed.length > 0) {
    write(`${json ? jsonLine({ pipeline, damage: damage.listed, more: damage.more }) : damageLines(damage)}\n`)
    return exitCodes.badData
  }
  const open = await openToRead(log, pipeline)
  try {
    const found = await verify({ ...open, topology })
    write(`${json ? jsonLine({ pipeline: open.pipeline, ...found }) : text(open.pipeline, found)}\n`)
    return found.violations.length > 0 ? exitCodes.problems : exitCodes.ok
  } finally {
    await open.driver.close()
  }
}

function text(pipeline: string, { counts, violations, more, records, foreign }: Verification): string {
  const lines = [
    ...table(
      ['stage', 'partition', 'settled', 'emitted', 'rejected', 'dead-lettered', 'waiting'],
      counts
        .filter(({ settled, waiting }) => settled + waiting > 0)
        .map(c => [c.stage, c.partition, c.settled, c.emitted, c.rejected, c.deadLettered, c.waiting])
    ),
    '',
    `${pipeline}: ${counted(records, 'record')} read` +
      (foreign > 0 ? `, ${grouped(foreign)} of them not written by a stage of this pipeline` : '')
  ]
  if (violations.length === 0)
    lines.push('Every settled record has exactly one outcome, the counts agree, and no id occurs twice.')
  for (const { kind, of, records: places, detail } of violations.slice(0, 100))
    lines.push(`VIOLATION ${kind} (${of}): ${detail}; ${places.join(', ')}`)
  const unlisted = more + Math.max(0, violations.length - 100)
  if (unlisted > 0) lines.push(`and ${grouped(unlisted)} more`)
  for (const kind of new Set(violations.map(violation => violation.kind)))
    lines.push(`  ${kind}: ${violationKinds[kind]}`)
  return lines.map(printableLine).join('\n')
}

function damageLines({ listed, more }: DamageReport): string {
  const lines = listed.slice(0, 100).map(damage => `DAMAGED ${damageText(damage)}`)
  const unlisted = more + Math.max(0, listed.length - 100)
  if (unlisted > 0) lines.push(`and ${grouped(unlisted)} more`)
  lines.push(
    '',
    'The log is damaged. fanno cat and fanno export return the records that are intact.',
    'Restore the folder from a backup, or start again with fanno run --fresh.'
  )
  return lines.map(printableLine).join('\n')
}
