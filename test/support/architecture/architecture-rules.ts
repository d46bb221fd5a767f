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

const statement = /^\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"`]([^'"`]+)['"`]/g
/** A file that is started or loaded by its URL: a thread, a module for one. */
const byUrl = /\bnew URL\(\s*['"`](\.[^'"`]+\.ts)['"`]/g

export function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text)
  const resolve = (specifier: string, typeOnly: boolean): Import =>
    specifier.startsWith('.')
      ? { target: normalize(join(dirname(path), specifier)), ours: true, typeOnly }
      : { target: packageOf(specifier), ours: false, typeOnly }
  return [
    ...[...code.matchAll(statement)].map(([, , type, specifier]) => resolve(specifier!, type !== undefined)),
    ...[...code.matchAll(dynamic), ...code.matchAll(byUrl)].map(([, specifier]) => resolve(specifier!, false))
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

/** Libraries in the contract and in stages that are neither text libraries nor pure computation. */
export function impureLibraries(sources: readonly Source[]): Violation[] {
  const stages = stageFolders(sources)
  const byPath = new Map(sources.map(source => [source.path, source]))
  return sources.flatMap(source =>
    importsOf(source).flatMap(imported => {
      const reason = whyImpure(source.path, imported, stages, byPath)
      return reason === undefined ? [] : [{ path: source.path, found: `imports ${imported.target}`, reason }]
    })
  )
}

function whyImpure(
  path: string,
  { target, ours }: Import,
  stages: readonly string[],
  sources: ReadonlyMap<string, Source>
): string | undefined {
  if (inside(path, 'engine/declare')) {
    if (ours || target === 'zod' || target === 'avsc' || pureModules.has(target)) return undefined
    return 'the contract stands on schemas (and their avsc), zod and pure computation alone'
  }
  if (!isShared(path) && !stages.some(stage => inside(path, stage))) return undefined
  const isPure = ours
    ? !inside(target, 'engine/mathematics') || isPureMathematics(target, sources)
    : pureLibraries.has(target) || pureModules.has(target)
  return isPure
    ? undefined
    : 'a stage is data and pure functions: the contract, text libraries, mathematics without a disk'
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

/** Of FANNO and of its command. `document` is not among them: it is any text that is not ours. */
const foreignWords =
  /(?<![a-z])(?:fanno\w*|openai_(?:api|base)\w*|passages?|drafts?|counterexamples?|communit(?:y|ies)|teachers?|judges?|instruction-response)(?![a-z])/gi

/** Words of a method or of a command in the engine, comments and pages included. */
export function foreignWordsInEngine(sources: readonly Source[]): Violation[] {
  return sources
    .filter(({ path }) => inside(path, 'engine'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(foreignWords)].map(([found]) => ({
        path,
        found,
        reason: 'the engine serves other methods too: names, variables and remedies come from whoever uses it'
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

const mostFiles = 15
/** Cases of one kind, one file each: they are looked up by name, not read side by side. */
const collections = new Set(['test/stages/hard-rules'])

export function crowdedFolders(paths: readonly string[]): Violation[] {
  const counts = new Map<string, number>()
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  return [...counts]
    .filter(([folder, count]) => count > mostFiles && !collections.has(folder))
    .map(([path, count]) => ({
      path,
      found: `${count} files`,
      reason: `a folder shows what lives there: ${mostFiles} files at most`
    }))
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
