/**
 * `npm pack` calls this before it packs, and after: Node strips no types under node_modules, so a package holds what the
 * compiler made of the sources. The checkout itself is never built: see docs/decisions/project.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Package {
  /** Folder of its package.json, from the root. Its `dist/` is what is packed. */
  readonly folder: string
  readonly tsconfig: string
  /** Files that are read at run time, from the package's folder: they keep their place beside the code. */
  readonly assets: string
}

const packages: Readonly<Record<string, Package>> = {
  project: {
    folder: '.',
    tsconfig: 'tsconfig.json',
    assets: '{engine/schemas,schemas,services}/**/*.{avsc,prompt.md}'
  },
  engine: { folder: 'engine', tsconfig: 'tsconfig.engine.json', assets: 'schemas/*.avsc' }
}

const root = fileURLToPath(new URL('../../', import.meta.url))

const [name = '', action = ''] = process.argv.slice(2)
const known = packages[name]
if (!known || !['build', 'clean'].includes(action)) {
  console.error(`usage: node infra/package/build.ts <${Object.keys(packages).join('|')}> <build|clean>`)
  process.exit(2)
}
const folder = join(root, known.folder)
const dist = join(folder, 'dist')
// A build that was interrupted left something behind, be it of another version.
rmSync(dist, { recursive: true, force: true })
if (action === 'build') {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [compiler, '-p', fileURLToPath(new URL(known.tsconfig, import.meta.url))], {
    stdio: 'inherit'
  })
  for (const asset of globSync(known.assets, { cwd: folder })) {
    mkdirSync(dirname(join(dist, asset)), { recursive: true })
    copyFileSync(join(folder, asset), join(dist, asset))
  }
}
