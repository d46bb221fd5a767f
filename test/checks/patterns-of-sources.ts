import { globSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { pathToFileURL } from 'node:url'
import { parse } from 'acorn'
import { simple } from 'acorn-walk'

/** A regular expression of the sources, and where it stands. */
export interface Pattern {
  /** `file:line`, the file from the repository's root. */
  readonly at: string
  readonly source: string
  readonly flags: string
}

interface Sites {
  readonly literals: readonly Pattern[]
  /** Where `RegExp` is called, with whatever arguments. */
  readonly built: readonly string[]
}

/** The regular expressions that stand in a source file as literals, and where others are built. */
export function sitesOf(file: string, typescript: string): Sites {
  const literals: Pattern[] = []
  const built: string[] = []
  const javascript = stripTypeScriptTypes(typescript, { mode: 'strip' }) // keeps every line where it was
  const program = parse(javascript, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  const construction = ({ callee, loc }: { callee: { type: string; name?: string }; loc?: Place | null }) => {
    if (callee.name === 'RegExp') built.push(`${file}:${loc!.start.line}`)
  }
  simple(program, {
    Literal({ loc, ...literal }) {
      const { regex } = literal as { regex?: { pattern: string; flags: string } }
      if (regex) literals.push({ at: `${file}:${loc!.start.line}`, source: regex.pattern, flags: regex.flags })
    },
    NewExpression: node => construction(node as never),
    CallExpression: node => construction(node as never)
  })
  return { literals, built }
}

interface Place {
  readonly start: { readonly line: number }
}

/**
 * Every pattern of the files: literals as they are read, built ones as they come into being while their modules are
 * loaded. `unseen` are the places where one is built only when some function runs: nobody can check those.
 */
export async function patternsOf(
  globs: string,
  root: string
): Promise<{ readonly patterns: readonly Pattern[]; readonly unseen: readonly string[] }> {
  const sites = globSync(globs, { cwd: root }).map(file => ({
    file,
    ...sitesOf(file, readFileSync(`${root}${file}`, 'utf8'))
  }))
  const building = sites.filter(({ built }) => built.length > 0)
  const caught = await caughtWhile(async () => {
    for (const { file } of building) await import(pathToFileURL(root + file).href)
  }, root)
  const seen = new Set(caught.map(({ at }) => at))
  return {
    patterns: [...sites.flatMap(({ literals }) => literals), ...caught],
    unseen: building.flatMap(({ built }) => built).filter(at => !seen.has(at))
  }
}

/** Runs with a `RegExp` that notes what is built, and from which line of ours. */
async function caughtWhile(load: () => Promise<void>, root: string): Promise<readonly Pattern[]> {
  const caught: Pattern[] = []
  const plain = globalThis.RegExp
  const note = (pattern: RegExp): RegExp => {
    // Whatever function of ours a module builds its patterns with: each frame down to the module's own is named.
    for (const [, file, line] of new Error().stack!.matchAll(/(?:file:\/\/)?(\/[^():\n]+):(\d+):\d+/g)) {
      if (file === import.meta.filename) continue
      if (!file!.startsWith(root) || file!.includes('/node_modules/')) break
      caught.push({ at: `${file!.slice(root.length)}:${line}`, source: pattern.source, flags: pattern.flags })
    }
    return pattern
  }
  globalThis.RegExp = new Proxy(plain, {
    construct: (target, given) => note(Reflect.construct(target, given)),
    apply: (target, self, given) => note(Reflect.apply(target, self, given))
  })
  try {
    await load()
  } finally {
    globalThis.RegExp = plain
  }
  return caught
}
