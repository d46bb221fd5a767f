/** Writes `types.ts` from the schemas; with --check, fails when it is not current. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type AvroNode, readSchema, schemaNames } from './load.ts'

const target = new URL('types.ts', import.meta.url)
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
  if (typeof node === 'string') return primitives[node] ?? node.replace('fanno.', '')
  if (node.type === 'array') return `readonly ${bracket(typeOf(node.items!))}[]`
  if (node.type === 'map') return `Readonly<Record<string, ${typeOf(node.values!)}>>`
  throw new Error(`no TypeScript type for ${JSON.stringify(node)}`)
}
const bracket = (type: string): string => (type.includes('|') ? `(${type})` : type)

function interfaceOf(name: string): string {
  const schema = readSchema(name)
  const fields = schema.fields!.map(field => `  /** ${field.doc} */\n  readonly ${field.name}: ${typeOf(field.type)}`)
  return `/** ${schema.doc} (${name}.avsc) */\nexport interface ${schema.name} {\n${fields.join('\n')}\n}\n`
}

const generated = `// Generated from the .avsc files by \`npm run schemas\`. Do not edit.\n\n${schemaNames().map(interfaceOf).join('\n')}`
if (process.argv.includes('--check')) {
  let current = ''
  try {
    current = readFileSync(target, 'utf8')
  } catch {}
  if (current !== generated) {
    console.error('schemas/types.ts is not current: run `npm run schemas` and commit the result.')
    process.exit(1)
  }
} else {
  writeFileSync(target, generated)
}
