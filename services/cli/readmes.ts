import { existsSync, globSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this program's package.json: a checkout, or an installed package. */
export const packageRoot = upFrom(dirname(fileURLToPath(import.meta.url)))

function upFrom(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : upFrom(dirname(folder))
}

/** Where the packages are that this program was installed with: in the folder itself, or beside it. */
const hostOf = (root: string): string => (basename(dirname(root)) === 'node_modules' ? join(root, '../..') : root)

/** Real text that is on the user's machine after an installation: the README of each package, one a package. */
export function installedReadmes(root: string, cwd: string, most: number): string[] {
  const host = hostOf(root)
  const found = globSync('node_modules/{*,@*/*}/[Rr][Ee][Aa][Dd][Mm][Ee].{md,MD,markdown}', { cwd: host })
  const paths = found.map(path => join(host, path)).filter(path => /\.md$/i.test(path))
  const onePerPackage = new Map(paths.sort().map(path => [dirname(path), path]))
  // Longest first: a README of two lines yields no passage.
  return [...onePerPackage.values()]
    .map(path => ({ path, size: statSync(path).size }))
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
    .slice(0, most)
    .map(({ path }) => relative(cwd, path))
}
