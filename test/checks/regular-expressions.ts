/**
 * `npm run patterns:check`: no regular expression of ours may take time that grows faster than its input, since inputs
 * are documents of strangers and words of models. Judged by recheck (automata, and a search for attacks).
 */
import { check } from 'recheck'
import { type Pattern, patternsOf } from './patterns-of-sources.ts'
import { keptVerdicts } from './verdicts-kept.ts'

const root = new URL('../../', import.meta.url).pathname
/** For one pattern. Most take some milliseconds. */
const timeout = 60_000
const verdicts = keptVerdicts(`${root}node_modules/.cache/fanno/linear-patterns.json`)

const { patterns, unseen } = await patternsOf('{engine,services,schemas,infra}/**/*.ts', root)
const problems = unseen.map(
  at => `${at}: built when a function runs. Build it when its module is loaded, to be checked.`
)

const places = new Map<string, { readonly pattern: Pattern; readonly at: string[] }>()
for (const pattern of patterns) {
  const key = `/${pattern.source}/${pattern.flags}`
  const known = places.get(key)
  if (known) known.at.push(pattern.at)
  else places.set(key, { pattern, at: [pattern.at] })
}
const linear: string[] = []
for (const [key, { pattern, at }] of places) {
  const fault = verdicts.has(key) ? undefined : await faultOf(pattern)
  if (fault === undefined) linear.push(key)
  else problems.push(`${[...new Set(at)].join(', ')}: ${fault}\n    ${key.slice(0, 300)}`)
}
verdicts.keep(linear)
if (problems.length > 0) {
  console.error(`${problems.join('\n')}\nReplace it by a linear scan, or bound what may repeat.`)
  process.exit(1)
}
console.log(`${places.size} regular expressions, each linear in its input.`)
process.exit(0)

async function faultOf({ source, flags }: Pattern): Promise<string | undefined> {
  const found = await check(source, flags, { timeout })
  if (found.status === 'safe') return undefined
  return found.status === 'vulnerable'
    ? `takes ${found.complexity.summary} time. Try ${String(found.attack.pattern).slice(0, 200)}`
    : `cannot be judged (${JSON.stringify(found.error)}). Make it simpler`
}
