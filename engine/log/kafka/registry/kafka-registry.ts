import { Agent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { SchemaRegistry as RegistryClient } from '@kafkajs/confluent-schema-registry'
import { LogError } from '../../errors.ts'
import type { SchemaRegistry } from '../../registry.ts'
import { administerRegistry, type RegistryAddress } from './registry-administration.ts'

export interface RegistryConnection extends RegistryAddress {
  /** True: a schema that is not registered is, which else is a step of its own. */
  readonly mayRegister: boolean
  /** Said where a schema is not registered and may not be: how that is done. */
  readonly remedy?: string
}

const deadlineMs = 10_000
/** A follower of the registry's own log may not know yet an id that its leader has given out. */
const absentPatienceMs = 4_000
const absentAgainMs = 500
/** Between two such waits: ids that somebody made up must not hold up the others, one after the other. */
const absentPauseMs = 60_000

/**
 * A Confluent schema registry. What it answered is kept: ids never change their meaning. Failures are not, so that
 * whoever waits for it may ask again.
 */
export function kafkaRegistry({ url, auth, mayRegister, remedy }: RegistryConnection): SchemaRegistry {
  const registration = administerRegistry({ url, ...(auth && { auth }) })
  const agent = url.startsWith('https:') ? new TlsAgent({ keepAlive: true }) : new Agent({ keepAlive: true })
  const client = new RegistryClient({ host: url, ...(auth ? { auth } : {}), retry: { retries: 0 }, agent })
  const inTime = <T>(answer: Promise<T>) => before(deadlineMs, url, agent, answer)
  const ids = new Map<string, number>()
  const texts = new Map<number, string>()
  /** Absent ids are asked for again for some seconds from here on. */
  let patientSince = Number.NEGATIVE_INFINITY

  async function lookUp(subject: string, schema: string): Promise<number> {
    try {
      return await inTime(client.getRegistryIdBySchema(subject, { type: 'AVRO', schema } as never).then(idIn))
    } catch (error) {
      if (!isAbsent(error)) throw failure(url, error)
      if (!mayRegister)
        throw new LogError('unknown-schema', `the schema of ${subject} is not registered.${remedy ? ` ${remedy}` : ''}`)
    }
    // Not by the client's own `register`: it insists on a rule for the subject, which another process may not have set yet.
    return registration.add(subject, schema)
  }

  async function textOf(id: number): Promise<string> {
    const type = (await inTime(client.getSchema(id))) as { schema?: (options: object) => unknown }
    if (typeof type.schema !== 'function') throw new LogError('unknown-schema', `schema ${id} is not Avro`)
    return JSON.stringify(type.schema({ exportAttrs: true }))
  }

  return {
    async idOf(subject, schema) {
      const canonical = JSON.stringify(JSON.parse(schema))
      const name = `${subject} ${canonical}`
      const known = ids.get(name) ?? (await lookUp(subject, canonical))
      ids.set(name, known)
      return known
    },
    async schemaOf(id) {
      const known = texts.get(id)
      if (known !== undefined) return known
      const now = performance.now()
      if (now - patientSince > absentPauseMs) patientSince = now
      const until = patientSince + absentPatienceMs
      for (;;) {
        try {
          const text = await textOf(id)
          texts.set(id, text)
          return text
        } catch (error) {
          if (!isAbsent(error)) throw failure(url, error)
          if (performance.now() > until)
            throw new LogError('unknown-schema', `no schema has the id ${id}`, { cause: error })
          await new Promise(resolve => setTimeout(resolve, absentAgainMs))
        }
      }
    }
  }
}

/** Whatever answers at the address, the client takes for a registry. */
function idIn(answer: unknown): number {
  if (typeof answer === 'number') return answer
  throw new Error('the server is not a schema registry')
}

/** The client turns one 404 into an error without a status; and for a registry that is away it says 400. */
const isAbsent = (error: unknown): boolean =>
  statusOf(error) === 404 || (error as Error).name === 'ConfluentSchemaRegistryError'

const statusOf = (error: unknown): number | undefined => {
  const { status, cause } = error as { status?: number; cause?: unknown }
  return status ?? (cause ? statusOf(cause) : undefined)
}

function failure(url: string, error: unknown): LogError {
  if (error instanceof LogError) return error
  const { message } = error as Error
  const status = statusOf(error)
  if (status === 401 || status === 403)
    return new LogError('not-authorised', `the schema registry at ${url} refuses (${status}): ${message}`)
  return new LogError('unavailable', `the schema registry at ${url} cannot be reached: ${message}`, { cause: error })
}

/** The client waits for ever for a registry that hangs, and the process for its connections: they are cut. */
function before<T>(deadlineMs: number, url: string, agent: Agent, answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new LogError('unavailable', `the schema registry at ${url} does not answer`))
    agent.destroy()
  }, deadlineMs)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
