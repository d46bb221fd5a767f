import { type Dirent, existsSync, globSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'

/** One thing to ingest: a file, or standard input. */
export interface Source {
  /** Canonical: the real path, or `stdin`. Its position is kept under this name. */
  readonly name: string
  /** Path of the file; undefined for standard input. */
  readonly path: string | undefined
  /** What a document without id and URL is called: `file:` and the path from the working directory. */
  readonly givenId: string
  /** `lines`: JSONL, a document a line. `document`: the whole file is one. `either`: its first line tells. */
  readonly kind: 'lines' | 'document' | 'either'
  readonly mediaType: string
  readonly compressed: boolean
}

/** Something that was named and cannot be read. The run goes on; the exit code says so. */
export interface Unreadable {
  readonly source: string
  readonly problem: string
}

/** A file of a folder whose ending is not known. */
export interface PassedOver {
  readonly passedOver: string
  /** `.pdf`; `(none)`. */
  readonly ending: string
}

const endings: Readonly<Record<string, Pick<Source, 'kind' | 'mediaType'>>> = {
  '.jsonl': { kind: 'lines', mediaType: 'text/plain' },
  '.ndjson': { kind: 'lines', mediaType: 'text/plain' },
  '.txt': { kind: 'document', mediaType: 'text/plain' },
  '.md': { kind: 'document', mediaType: 'text/markdown' },
  '.html': { kind: 'document', mediaType: 'text/html' },
  '.htm': { kind: 'document', mediaType: 'text/html' }
}

export const knownEndings = Object.keys(endings)

function kindOf(path: string): Pick<Source, 'kind' | 'mediaType' | 'compressed'> | undefined {
  const compressed = /\.gz$/i.test(path)
  const ending = /\.[a-z]+$/i.exec(compressed ? path.slice(0, -3) : path)?.[0].toLowerCase() ?? ''
  return Object.hasOwn(endings, ending) ? { ...endings[ending]!, compressed } : undefined
}

export const standardInput: Source = {
  name: 'stdin',
  path: undefined,
  givenId: 'file:stdin',
  kind: 'either',
  mediaType: 'text/plain',
  compressed: false
}

/** What identifies one argument across runs: its writer is named after it. */
export const canonicalInput = (input: string, cwd: string): string => (input === '-' ? 'stdin' : resolve(cwd, input))

/**
 * The sources that one argument stands for, in a fixed order: a file, a folder (searched through, files of other kinds
 * left out), a glob pattern, or `-`. Folders are walked as they are read: their listing is never held whole.
 */
export async function* sourcesOf(input: string, cwd: string): AsyncGenerator<Source | Unreadable | PassedOver> {
  if (input === '-') {
    yield standardInput
    return
  }
  const path = resolve(cwd, input)
  if (existsSync(path)) {
    yield* isFolder(await stat(path)) ? folder(path, input, cwd) : named(path, cwd)
    return
  }
  if (!/[*?[\]{}]/.test(input)) {
    yield { source: input, problem: 'there is no such file or folder' }
    return
  }
  const matches = globSync(input, { cwd }).sort()
  if (matches.length === 0) yield { source: input, problem: 'the pattern matches no file' }
  for (const match of matches) {
    const found = resolve(cwd, match)
    yield* isFolder(await stat(found)) ? folder(found, match, cwd) : named(found, cwd)
  }
}

const isFolder = (found: { isDirectory(): boolean }): boolean => found.isDirectory()

/** A file that was asked for by name: an ending that is not known is a problem, not to be passed over. */
async function* named(path: string, cwd: string): AsyncGenerator<Source | Unreadable | PassedOver> {
  const source = await fileSource(path, cwd)
  yield source ?? {
    source: relative(cwd, path),
    problem: `unknown file extension; supported: ${knownEndings.join(', ')}, each optionally with .gz`
  }
}

async function* folder(path: string, called: string, cwd: string): AsyncGenerator<Source | Unreadable | PassedOver> {
  let found = 0
  for await (const source of walk(path, cwd)) {
    if (!('passedOver' in source)) found += 1
    yield source
  }
  if (found === 0) yield { source: called, problem: `the folder contains no file with a supported extension` }
}

async function* walk(path: string, cwd: string): AsyncGenerator<Source | Unreadable | PassedOver> {
  let entries: Dirent[]
  try {
    entries = await readdir(path, { withFileTypes: true })
  } catch (error) {
    yield { source: relative(cwd, path), problem: (error as Error).message }
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name)
    // A linked folder is not followed: it may lead back here.
    if (entry.isDirectory()) yield* walk(below, cwd)
    else if (kindOf(below)) {
      const source = await fileSource(below, cwd)
      if (source) yield source
    } else yield { passedOver: relative(cwd, below), ending: endingOf(entry.name) }
  }
}

const endingOf = (name: string): string => /\.[^.]{1,12}(?:\.gz)?$/i.exec(name)?.[0].toLowerCase() ?? '(none)'

async function fileSource(path: string, cwd: string): Promise<Source | Unreadable | undefined> {
  const kind = kindOf(path)
  if (!kind) return undefined
  try {
    return { name: await realpath(path), path, givenId: `file:${relative(cwd, path)}`, ...kind }
  } catch (error) {
    return { source: relative(cwd, path), problem: (error as Error).message }
  }
}
