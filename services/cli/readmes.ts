import { globSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout that this program runs from. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url))

/** Real text that is on the user's machine after `npm ci`: the README of each installed package, one a package. */
export function installedReadmes(root: string, cwd: string, most: number): string[] {
  const found = globSync('node_modules/{*,@*/*}/[Rr][Ee][Aa][Dd][Mm][Ee].{md,MD,markdown}', { cwd: root })
  const paths = found.map(path => join(root, path)).filter(path => /\.md$/i.test(path))
  const onePerPackage = new Map(paths.sort().map(path => [dirname(path), path]))
  // Longest first: a README of two lines yields no passage.
  return [...onePerPackage.values()]
    .map(path => ({ path, size: statSync(path).size }))
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
    .slice(0, most)
    .map(({ path }) => relative(cwd, path))
}
