import { LogError } from '../errors.ts'
import type { SchemaRegistry } from '../registry.ts'
import type { OpenLog } from './committing.ts'
import { hashOfSchema } from './writes.ts'

/**
 * Schemas in the log itself. Ids count from 1 and belong to the text, whatever the subject: the same schema (white space
 * aside) has one id. Compatibility is not judged here; the conformance of schemas is checked where they are changed.
 */
export function embeddedRegistry(log: OpenLog): SchemaRegistry {
  return {
    async idOf(_subject, schema) {
      log.checkOpen()
      const text = JSON.stringify(JSON.parse(schema))
      log.tables.refresh()
      const known = log.tables.schemaIds.get(hashOfSchema(text))
      if (known !== undefined) return known
      const reply = await log.writes.request({ kind: 'register-schema', text })
      if (reply.kind !== 'registered') throw new Error(`the log answered a registration with ${reply.kind}`)
      return reply.id
    },
    async schemaOf(id) {
      log.checkOpen()
      log.tables.refresh()
      const text = log.tables.schemas.get(id)
      if (text === undefined) throw new LogError('unknown-schema', `the log in ${log.dir} knows no schema ${id}`)
      return text
    }
  }
}
