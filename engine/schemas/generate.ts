/**
 * Writes `types.ts` into each folder of schemas that is named; with --check, fails when one is not current.
 *
 *     node engine/schemas/generate.ts engine/schemas my-schemas
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import {
  type AvroNode,
  engineSchemas,
  fileOfReference,
  isReference,
  nameOfSchema,
  readSchema,
  schemaFiles
} from './load.ts'

const primitives: Readonly<Record<string, string>> = {
  string: 'string',
  int: 'number',
  long: 'number',
  double: 'number',
  boolean: 'boolean',
  bytes: 'Buffer',
  null: 'null'
}

function typeOf(node: AvroNode): string {
  if (Array.isArray(node)) return node.map(typeOf).join(' | ')
  if (typeof node === 'string') return primitives[node] ?? node.slice(node.lastIndexOf('.') + 1)
  if (node.type === 'array') return `readonly ${bracket(typeOf(node.items!))}[]`
  if (node.type === 'map') return `Readonly<Record<string, ${typeOf(node.values!)}>>`
  throw new Error(`no TypeScript type for ${JSON.stringify(node)}`)
}
const bracket = (type: string): string => (type.includes('|') ? `(${type})` : type)

function interfaceOf(file: URL): string {
  const schema = readSchema(file)
  const fields = schema.fields!.map(field => `  /** ${field.doc} */\n  readonly ${field.name}: ${typeOf(field.type)}`)
  return `/** ${schema.doc} (${nameOfSchema(file)}) */\nexport interface ${schema.name} {\n${fields.join('\n')}\n}\n`
}

/** Types of the engine that the schemas of another folder refer to. */
function importsOf(folder: URL, files: readonly URL[]): string {
  const names = new Set<string>()
  const collect = (node: AvroNode, from: URL): void => {
    if (Array.isArray(node)) for (const each of node) collect(each, from)
    else if (typeof node !== 'string') for (const inner of [node.items, node.values]) inner && collect(inner, from)
    else if (isReference(node) && fileOfReference(node, from).href.startsWith(engineSchemas.href))
      names.add(typeOf(node))
  }
  for (const file of files) for (const field of readSchema(file).fields!) collect(field.type, file)
  if (names.size === 0 || folder.href === engineSchemas.href) return ''
  const path = relative(fileURLToPath(folder), fileURLToPath(new URL('types.ts', engineSchemas)))
  return `import type { ${[...names].sort().join(', ')} } from '${path}'\n\n`
}

const isCheck = process.argv.includes('--check')
const folders = process.argv.slice(2).filter(argument => !argument.startsWith('--'))
if (folders.length === 0) {
  console.error('Specify the folders that contain schemas.')
  process.exitCode = 2
}
for (const name of folders) {
  const folder = pathToFileURL(`${resolve(name)}/`)
  const target = new URL('types.ts', folder)
  const files = schemaFiles(folder)
  const head = '// Generated from the .avsc files by `npm run schemas`. Do not edit.\n\n'
  const generated = `${head}${importsOf(folder, files)}${files.map(interfaceOf).join('\n')}`
  if (!isCheck) writeFileSync(target, generated)
  else if (currentOf(target) !== generated) {
    console.error(`${name}/types.ts is not up to date. Run \`npm run schemas\` and commit the result.`)
    process.exitCode = 1
  }
}

function currentOf(target: URL): string {
  try {
    return readFileSync(target, 'utf8')
  } catch {
    return ''
  }
}
