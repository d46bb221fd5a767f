import { LogError } from '../../errors.ts'

export interface RegistryAddress {
  readonly url: string
  /** For HTTP basic authentication. */
  readonly auth?: { readonly username: string; readonly password: string }
}

export type Compatibility = 'BACKWARD' | 'FULL_TRANSITIVE'

/** What is done to a schema registry when a pipeline is deployed (the REST interface of Confluent's). */
export interface RegistryAdministration {
  /** The newest schema of a subject; undefined where it has none. */
  latest(subject: string): Promise<string | undefined>
  /** True when this very schema is registered under the subject. */
  has(subject: string, schema: string): Promise<boolean>
  /** False when the subject's rules refuse the schema after those it has. */
  accepts(subject: string, schema: string): Promise<boolean>
  /** Registers a schema, under the rules that the subject has. Its id. @throws LogError `schema-incompatible`. */
  add(subject: string, schema: string): Promise<number>
  /** Sets the rule of the subject and registers the schema. @throws LogError `schema-incompatible`. */
  register(subject: string, schema: string, compatibility: Compatibility): Promise<void>
}

const deadlineMs = 10_000
const notFound = 404

export function administerRegistry({ url, auth }: RegistryAddress): RegistryAdministration {
  const credentials = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
  const headers = {
    'content-type': 'application/vnd.schemaregistry.v1+json',
    ...(credentials && { authorization: `Basic ${credentials}` })
  }
  /** The reply's body; undefined where there is nothing of that name. */
  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown> | undefined> {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(deadlineMs),
      ...(body && { body: JSON.stringify(body) })
    }).catch(error => {
      const why = (error.cause as Error | undefined)?.message || error.message
      throw new LogError('unavailable', `the schema registry at ${url} cannot be reached: ${why}`, { cause: error })
    })
    const text = await reply.text()
    if (reply.ok) return parsed(text)
    if (reply.status === notFound) return undefined
    const said = `the schema registry at ${url} answers ${reply.status} to ${method} ${path}: ${text.slice(0, 500)}`
    if (reply.status === 401 || reply.status === 403) throw new LogError('not-authorised', said)
    if (reply.status === 409 || reply.status === 422) throw new LogError('schema-incompatible', said)
    throw new LogError('unavailable', said)
  }
  /** Something else may answer there. */
  const noRegistry = (text: string) =>
    new LogError('unavailable', `the server at ${url} is not a schema registry: ${text.slice(0, 100)}`)
  const parsed = (text: string) => {
    try {
      return JSON.parse(text) as Record<string, unknown>
    } catch (cause) {
      throw new LogError('unavailable', `the server at ${url} is not a schema registry: ${text.slice(0, 100)}`, {
        cause
      })
    }
  }
  const of = (subject: string) => `/subjects/${encodeURIComponent(subject)}`
  const add = async (subject: string, schema: string) => {
    const { id } = (await call('POST', `${of(subject)}/versions`, { schema })) ?? {}
    if (typeof id !== 'number') throw noRegistry('')
    return id
  }
  return {
    add,
    latest: async subject => (await call('GET', `${of(subject)}/versions/latest`))?.schema as string | undefined,
    has: async (subject, schema) => (await call('POST', of(subject), { schema })) !== undefined,
    accepts: async (subject, schema) => {
      const path = `/compatibility${of(subject)}/versions/latest`
      return (await call('POST', path, { schema }))?.is_compatible !== false
    },
    async register(subject, schema, compatibility) {
      // A subject has rules once it has a schema; before the next one they must stand.
      const isNew = (await call('GET', `${of(subject)}/versions/latest`)) === undefined
      if (!isNew) await call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility })
      await add(subject, schema)
      if (isNew) await call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility })
    }
  }
}
