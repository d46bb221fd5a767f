import { LogError } from '../../../engine/log/errors.ts'
import type { SchemaRegistry } from '../../../engine/log/registry.ts'

/** A registry that counts the questions it is asked, and can be told to fail. */
export interface MemoryRegistry extends SchemaRegistry {
  readonly questions: { idOf: number; schemaOf: number }
  /** What every question throws, until it is set to undefined. */
  outage: Error | undefined
  /** Registers a schema as a foreign producer would, and answers with its id. */
  add(text: string): number
}

export function memoryRegistry(): MemoryRegistry {
  const texts: string[] = []
  const questions = { idOf: 0, schemaOf: 0 }
  const registry: MemoryRegistry = {
    questions,
    outage: undefined,
    add: text => (texts.includes(text) ? texts.indexOf(text) + 1 : texts.push(text)),
    async idOf(_subject, schema) {
      questions.idOf++
      if (registry.outage) throw registry.outage
      return registry.add(schema)
    },
    async schemaOf(id) {
      questions.schemaOf++
      if (registry.outage) throw registry.outage
      const text = texts[id - 1]
      if (text === undefined) throw new LogError('unknown-schema', `no schema ${id}`)
      return text
    }
  }
  return registry
}
