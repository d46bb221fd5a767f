import { engineSchemas, schemaFiles } from '../../engine/schemas/load.ts'

const services = new URL('../../schemas/', import.meta.url)
const files = new Map(
  [...schemaFiles(engineSchemas), ...schemaFiles(services)].map(file => [
    file.pathname.split('/').at(-1)!.replace('.avsc', ''),
    file
  ])
)

/** Names of all schemas, the engine's and the method's: `pair`, `rejection`. */
export const schemaNames = (): string[] => [...files.keys()].sort()

export function schemaNamed(name: string): URL {
  const file = files.get(name)
  if (file) return file
  throw new Error(`there is no schema ${name}`)
}
