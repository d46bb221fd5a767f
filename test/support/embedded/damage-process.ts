/**
 * Damages copies of a log, one after the other, and tells what was made of each, one line of JSON a copy. A process of its
 * own, since what it looks for would end it.
 *
 * Arguments: the folder of a good log, a folder for copies, the first seed, how many.
 */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type EmbeddedLog,
  type EmbeddedRole,
  inspectEmbeddedLog,
  openEmbeddedLog
} from '../../../engine/log/embedded/open.ts'
import { openDamagedLog } from '../../../engine/log/embedded/salvage.ts'
import type { LogDriver } from '../../../engine/log/port.ts'
import { damage, damages } from './damage.ts'

const [good, copies, first, count] = process.argv.slice(2) as [string, string, string, string]

/** All that can be read of a log, by place; and what was said to be damaged. */
async function everything(log: LogDriver) {
  const records = new Map<string, string>()
  const told = new Set<string>()
  for (const [topic, { partitions }] of await log.topics())
    for (let partition = 0; partition < partitions; partition++) {
      const end = (await log.ends(topic))[partition]!
      for await (const record of log.read(topic, partition, 0, end, ({ message }) => {
        for (const place of placesIn(message)) told.add(place)
      })) {
        const { offset, timestamp, key, value, headers } = record
        const content = [timestamp, key?.toString('hex'), value?.toString('hex'), headers]
        records.set(`${topic}/${partition}/${offset}`, JSON.stringify(content))
      }
    }
  return { records, told }
}

/** Places in a message like `records topic/1/5 to 7: …`. */
function placesIn(message: string): string[] {
  const [, place, from, to] = /^records? (\S+)\/(\d+)(?: to (\d+))?: /.exec(message)!
  const last = Math.min(Number(to ?? from), Number(from) + 10_000)
  return Array.from({ length: last - Number(from) + 1 }, (_, index) => `${place}/${Number(from) + index}`)
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? String(error)

async function opened(dir: string, role: EmbeddedRole): Promise<EmbeddedLog | string> {
  return openEmbeddedLog({ dir, role }).catch(codeOf)
}

const original = await openEmbeddedLog({ dir: good, role: 'read' })
const { records: wanted } = await everything(original)
await original.close()

for (let seed = Number(first); seed < Number(first) + Number(count); seed++) {
  const way = Object.keys(damages)[seed % Object.keys(damages).length]!
  const dir = join(copies, `${seed}`)
  cpSync(good, dir, { recursive: true })
  damage(join(dir, 'data.mdb'), way, seed)
  const since = performance.now()
  const found = await inspectEmbeddedLog(dir).catch(codeOf)
  const inspected = typeof found === 'string' ? found : found.listed.length
  const outcomes: Record<string, unknown> = { seed, way, inspected }
  for (const role of ['read', 'append', 'run'] as const) {
    const log = await opened(dir, role)
    if (typeof log === 'string') outcomes[role] = log
    else {
      if (role === 'read') {
        const { records, told } = await everything(log)
        outcomes.read = 'read'
        outcomes.told = told.size
        outcomes.lost = [...wanted.keys()].filter(place => !records.has(place)).length
        outcomes.altered = [...records].filter(([place, content]) => wanted.get(place) !== content).length
      } else outcomes[role] = 'opened'
      await log.close()
    }
  }
  if (outcomes.read !== 'read') {
    const salvaged = await openDamagedLog(dir).catch(codeOf)
    if (typeof salvaged === 'string') outcomes.salvaged = salvaged
    else {
      const { records, told } = await everything(salvaged.driver)
      outcomes.salvaged = records.size
      outcomes.told = told.size
      outcomes.altered = [...records].filter(([place, content]) => wanted.get(place) !== content).length
      await salvaged.driver.close()
    }
  }
  outcomes.wanted = wanted.size
  outcomes.ms = Math.round(performance.now() - since)
  process.stdout.write(`${JSON.stringify(outcomes)}\n`)
  rmSync(dir, { recursive: true })
}
