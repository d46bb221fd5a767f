import { importsOf, type Source, stageFolders, type Violation } from './architecture-rules.ts'

/** A row of the table in docs/architecture.md: folders end in `/`; `services/<stage>/` is each stage, `services/*.ts` what they share. */
export interface ImportRow {
  readonly paths: readonly string[]
  readonly mayImport: readonly string[]
}

/** @throws Error when the page has no such table. */
export function importTable(page: string): readonly ImportRow[] {
  const lines = page.split('\n')
  const head = lines.findIndex(line => line.startsWith('| folder ') && line.includes('may import'))
  if (head < 0) throw new Error('there is no table with a column "may import"')
  const rest = lines.slice(head + 2)
  const end = rest.findIndex(line => !line.startsWith('|'))
  return rest.slice(0, end < 0 ? rest.length : end).map(line => {
    const [, paths = '', , mayImport = ''] = line.split('|')
    return { paths: quoted(paths), mayImport: quoted(mayImport) }
  })
}

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!)

/** Text that holds imports of another file: a template of one. */
const templates = new Set(['infra/scaffold/stage-files.ts'])

/** Imports of our own files that the table does not allow, and files that it does not know. Tests may import everything. */
export function againstTable(sources: readonly Source[], table: readonly ImportRow[]): Violation[] {
  const matches = matcher(table, stageFolders(sources))
  return sources.flatMap(source => {
    const { path } = source
    if (path.startsWith('test/') || templates.has(path)) return []
    const [place] = placesOf(path, table, matches)
    if (place === undefined)
      return [{ path, found: path, reason: 'it is in no row of the table in docs/architecture.md' }]
    const allowed = table.find(({ paths }) => paths.includes(place))!.mayImport
    return importsOf(source).flatMap(({ target, ours }) => {
      if (!ours || isSamePlace(path, target, place, matches) || allowed.some(wanted => matches(target, wanted)))
        return []
      const reason = `${place} may import ${allowed.join(', ') || 'itself alone'}: see docs/architecture.md`
      return [{ path, found: `imports ${target}`, reason }]
    })
  })
}

type Matches = (path: string, place: string) => boolean

/** Whether a path is in a place. What stages share are the files in `services/` that have no row of their own. */
const matcher =
  (table: readonly ImportRow[], stages: readonly string[]): Matches =>
  (path, place) => {
    if (place === 'services/<stage>/') return stages.some(stage => path.startsWith(`${stage}/`))
    if (place === 'services/*.ts')
      return /^services\/[^/]+\.ts$/.test(path) && !table.some(({ paths }) => paths.includes(path))
    return place.endsWith('/') ? path.startsWith(place) : path === place
  }

/** Rows that a path is in, the longest first: a folder in a folder has a row of its own. */
const placesOf = (path: string, table: readonly ImportRow[], matches: Matches): string[] =>
  table
    .flatMap(({ paths }) => paths)
    .filter(place => matches(path, place))
    .sort((a, b) => b.length - a.length)

/** A place may import itself. Of several stages each is a place of its own. */
function isSamePlace(path: string, target: string, place: string, matches: Matches): boolean {
  const stage = `${path.split('/', 2).join('/')}/`
  return place === 'services/<stage>/' ? target.startsWith(stage) : matches(target, place)
}
