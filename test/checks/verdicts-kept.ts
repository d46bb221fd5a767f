import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Patterns that were found to be linear, kept from run to run: judging all of them takes half a minute. */
export function keptVerdicts(file: string): { has(key: string): boolean; keep(keys: readonly string[]): void } {
  let known: ReadonlySet<string>
  try {
    known = new Set(JSON.parse(readFileSync(file, 'utf8')) as string[])
  } catch {
    known = new Set() // the first run, or a file that was cut short: all are judged anew
  }
  return {
    has: key => known.has(key),
    keep(keys) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, JSON.stringify(keys))
    }
  }
}
