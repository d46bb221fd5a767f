import { dirname, join, normalize } from 'node:path/posix'

/** A source file: path from the repository's root, with `/`. */
export interface Source {
  readonly path: string
  readonly text: string
}

export interface Import {
  /** A path from the root for our own files, else the package's name or `node:…`. */
  readonly target: string
  readonly ours: boolean
  readonly typeOnly: boolean
}

/** What breaks which rule, and why the rule exists. */
export interface Violation {
  readonly path: string
  readonly found: string
  readonly reason: string
}

/** Blanks lines and line ends that are comments. A `//` right after a non-space, as in a URL, is left alone. */
export function withoutComments(text: string): string {
  return text
    .replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    .replace(/\/\*\*?.*?\*\//g, '')
    .replace(/\s\/\/\s.*$/gm, '')
}

const statement = /^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s*)?'([^']+)'/gm
const dynamic = /\bimport\('([^']+)'\)/g

export function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text)
  const resolve = (specifier: string, typeOnly: boolean): Import =>
    specifier.startsWith('.')
      ? { target: normalize(join(dirname(path), specifier)), ours: true, typeOnly }
      : { target: packageOf(specifier), ours: false, typeOnly }
  return [
    ...[...code.matchAll(statement)].map(([, , type, specifier]) => resolve(specifier!, type !== undefined)),
    ...[...code.matchAll(dynamic)].map(([, specifier]) => resolve(specifier!, false))
  ]
}

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:') ? specifier : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

/** The folder of a stage: `services/<name>` where a `stage.ts` lies. */
export function stageFolders(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path }) => /^(services\/[^/]+)\/stage\.ts$/.exec(path)?.[1] ?? [])
}

const inside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)

/** Clients may be imported where they are wrapped, and in tests. */
const clients: readonly { readonly packages: readonly string[]; readonly folders: readonly string[] }[] = [
  { packages: ['openai', 'undici'], folders: ['engine/inference'] },
  { packages: ['lmdb'], folders: ['engine/log/embedded', 'engine/views'] },
  { packages: ['@opentelemetry/api', '@opentelemetry/sdk-node'], folders: ['engine/telemetry'] },
  { packages: ['kafkajs', '@kafkajs/confluent-schema-registry'], folders: ['engine/log/kafka'] }
]

export function clientsOutOfPlace(sources: readonly Source[]): Violation[] {
  return sources.flatMap(source =>
    importsOf(source).flatMap(({ target }) => {
      const rule = clients.find(({ packages }) => packages.includes(target))
      if (!rule || [...rule.folders, 'test'].some(folder => inside(source.path, folder))) return []
      const reason = `only ${rule.folders.join(' and ')} may know ${target}, so that another client can take its place`
      return [{ path: source.path, found: `imports ${target}`, reason }]
    })
  )
}

/** Computation on text and numbers only: no file, no network, no clock. */
const pureModules = new Set([
  'node:crypto',
  'node:buffer',
  'node:zlib',
  'node:url',
  'node:util',
  'node:string_decoder',
  // To load one of the libraries below when it is first needed.
  'node:module'
])
const pureLibraries = new Set(['zod', 'eld', 'linkedom', '@mozilla/readability', 'gpt-tokenizer'])

export function wrongDirections(sources: readonly Source[]): Violation[] {
  const stages = stageFolders(sources)
  const byPath = new Map(sources.map(source => [source.path, source]))
  return sources.flatMap(source =>
    importsOf(source).flatMap(imported => {
      const reason = whyWrong(source.path, imported, stages, byPath)
      return reason === undefined ? [] : [{ path: source.path, found: `imports ${imported.target}`, reason }]
    })
  )
}

function whyWrong(
  path: string,
  imported: Import,
  stages: readonly string[],
  sources: ReadonlyMap<string, Source>
): string | undefined {
  const { target, ours } = imported
  if (inside(path, 'engine') && ours && !inside(target, 'engine')) {
    return 'the engine stands alone: it knows no domain word, and imports nothing outside it'
  }
  if (inside(path, 'examples') && ours && !inside(target, 'engine') && !inside(target, dirname(path)))
    return 'an example stands on the engine alone, as a user would'
  if (inside(path, 'engine/declare')) {
    const allowed = ours
      ? inside(target, 'engine/declare') || inside(target, 'engine/schemas')
      : target === 'zod' || target === 'avsc' || pureModules.has(target)
    return allowed ? undefined : 'the contract stands on schemas (and their avsc), zod and pure computation alone'
  }
  if (inside(path, 'schemas') && ours && !inside(target, 'schemas') && !inside(target, 'engine/schemas'))
    return 'the schemas stand on those of the engine alone'
  const folder = stages.find(stage => inside(path, stage)) ?? (isShared(path) ? 'services' : undefined)
  if (folder === undefined) return undefined
  const allowed = ours
    ? (folder !== 'services' && inside(target, folder)) ||
      isShared(target) ||
      inside(target, 'engine/declare') ||
      inside(target, 'schemas') ||
      isPureMathematics(target, sources)
    : pureLibraries.has(target) || pureModules.has(target)
  return allowed
    ? undefined
    : 'a stage is data and pure functions: the contract, the topics, its own folder, text libraries'
}

/** What stages share: files right under services/, but for the pipeline itself, which imports the stages. */
const pipeline = new Set(['services/topology.ts', 'services/presets.ts'])
const isShared = (path: string): boolean => /^services\/[^/]+\.ts$/.test(path) && !pipeline.has(path)

/** A file of engine/mathematics that computes, and touches no disk, neither itself nor through others. */
function isPureMathematics(path: string, sources: ReadonlyMap<string, Source>, seen = new Set<string>()): boolean {
  if (seen.has(path)) return true
  seen.add(path)
  const source = sources.get(path)
  if (!inside(path, 'engine/mathematics') || !source) return false
  return importsOf(source).every(({ target, ours, typeOnly }) => {
    if (typeOnly || inside(target, 'engine/declare') || inside(target, 'schemas')) return true
    return ours ? isPureMathematics(target, sources, seen) : pureModules.has(target)
  })
}

const impure = /\b(?:Math\.random|Date\.now|new Date\(|performance\.now|setTimeout|setInterval|process\.env)/g

export function impureStages(sources: readonly Source[]): Violation[] {
  const folders = [...stageFolders(sources), 'engine/declare']
  return sources
    .filter(({ path }) => isShared(path) || folders.some(folder => inside(path, folder)))
    .flatMap(({ path, text }) =>
      [...withoutComments(text).matchAll(impure)].map(([found]) => ({
        path,
        found,
        reason: 'a stage answers the same for the same record: no clock, no chance, no environment'
      }))
    )
}

const longestFile = 400
const vagueName = /(?:^|-)(?:utils?|helpers?|common|misc|managers?|handlers?)(?:[-.]|$)/

export function badFiles(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1
    const found: Violation[] = []
    if (lines > longestFile && !path.endsWith('schemas/types.ts')) {
      found.push({ path, found: `${lines} lines`, reason: `trouble collects in giants: ${longestFile} lines at most` })
    }
    const name = path.split('/').find(part => vagueName.test(part))
    if (name) found.push({ path, found: name, reason: 'a file is named for the one concept in it' })
    return found
  })
}

const sleeping = /\b(?:test|it|describe|suite)\.(?:skip|only|todo|skipIf|runIf|fails)\b/g

export function sleepingTests(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }) =>
    [...withoutComments(text).matchAll(sleeping)].map(([found]) => ({
      path,
      found,
      reason: 'a test that does not run, or keeps others from running, proves nothing'
    }))
  )
}

/** Cycles of imports, those of types alone among them: what needs each other is one thing, or hides a third. */
export function importCycles(sources: readonly Source[]): Violation[] {
  const targets = new Map(
    sources.map(source => [source.path, importsOf(source).flatMap(i => (i.ours ? i.target : []))])
  )
  const finished = new Set<string>()
  const cycles: Violation[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      const found = [...trail.slice(start), path].join(' -> ')
      cycles.push({ path, found, reason: 'files that import each other cannot be read, tested or loaded apart' })
      return
    }
    if (finished.has(path)) return
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path])
    finished.add(path)
  }
  for (const { path } of sources) walk(path, [])
  return cycles
}
