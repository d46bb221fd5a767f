import { z } from 'zod'
import { type Alias, saslMechanisms } from '../../operate/configuration.ts'
import { logLevels } from '../display/json-display.ts'

/**
 * The one schema of the configuration: names, types, defaults and documentation. `.env.example` is made from it
 * (`node services/cli/settings/env-example.ts`), and a test keeps it equal. Values come as text, from flags, the environment or
 * `fanno.config.yaml`.
 */

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine(number => number >= least && number <= most, `must be from ${least} to ${most}`)

const baseUrls = z
  .string()
  .transform(text => text.split(',').map(url => url.trim().replace(/(?<!\/)\/+$/, '')))
  .refine(urls => urls.every(isHttp), 'must be an http(s) URL, or several separated by commas')

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

const hostsAndPorts = z
  .string()
  .transform(text => text.split(',').map(broker => broker.trim()))
  .refine(
    brokers => brokers.every(broker => /^[^\s:/]+:\d{1,5}$|^\[[\da-fA-F:]+\]:\d{1,5}$/.test(broker)),
    'must be host:port, or several separated by commas'
  )

const jsonObject = z.string().transform((text, context): Readonly<Record<string, unknown>> => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as never
  } catch {
    // Named below.
  }
  context.addIssue('must be a JSON object')
  return z.NEVER
})

const shared = {
  FANNO_PIPELINE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63 characters')
    .default('fanno')
    .describe('Name of the pipeline and prefix of its topics. With a rehearsal model, "-rehearsal" is appended.'),
  FANNO_LOG: z
    .enum(['embedded', 'kafka'], 'must be embedded or kafka')
    .default('embedded')
    .describe('Log to use. embedded: a folder on one machine. kafka: a Kafka cluster and a schema registry.'),
  FANNO_DATA_DIR: z
    .string()
    .default('.fanno')
    .describe('Folder of the embedded log. With Kafka: folder for state that can be rebuilt from the topics.'),
  FANNO_ENVIRONMENT: z
    .enum(['development', 'production'], 'must be development or production')
    .default('development')
    .describe(
      'Replication of Kafka topics. development: one replica. production: three replicas, min.insync.replicas 2.'
    ),
  KAFKA_BROKERS: hostsAndPorts.optional().describe('Bootstrap servers: host:port, separated by commas.'),
  KAFKA_SASL_MECHANISM: z
    .enum(saslMechanisms, `must be one of ${saslMechanisms.join(', ')}`)
    .optional()
    .describe(`SASL mechanism: ${saslMechanisms.join(', ')}.`),
  KAFKA_SASL_USERNAME: z.string().optional().describe('SASL user name.'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('SASL password.'),
  KAFKA_TLS: z
    .enum(['true', 'false'], 'must be true or false')
    .transform(text => text === 'true')
    .optional()
    .describe(
      'TLS for broker connections: true or false. Defaults to true with PLAIN or when one of the files below is set.'
    ),
  KAFKA_TLS_CA_FILE: z.string().optional().describe('CA certificate that signed the broker certificates, PEM file.'),
  KAFKA_TLS_CERT_FILE: z.string().optional().describe('Client certificate, PEM file.'),
  KAFKA_TLS_KEY_FILE: z.string().optional().describe('Private key of the client certificate, PEM file.'),
  SCHEMA_REGISTRY_URL: z
    .string()
    .transform(url => url.trim().replace(/(?<!\/)\/+$/, ''))
    .refine(isHttp, 'must be an http(s) URL')
    .optional()
    .describe('URL of the schema registry (Confluent API).'),
  SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: z
    .string()
    .optional()
    .describe('Schema registry credentials, as user:password.'),
  KAFKA_SESSION_TIMEOUT_MS: whole(6_000, 300_000)
    .default(10_000)
    .describe(
      'Session timeout of the consumer groups, in milliseconds. Must be within the limits of the brokers (group.min.session.timeout.ms).'
    ),
  FANNO_PARTITIONS: whole(1, 256)
    .default(4)
    .describe('Number of partitions of each multi-partition topic. Cannot be changed after the topics are created.'),
  PORT: whole(0, 65_535)
    .optional()
    .describe('Port on which fanno start serves /livez, /readyz and /metrics. 0 selects a free port.'),
  FANNO_HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address on which that port listens. An address other than loopback requires FANNO_HTTP_TOKEN.'),
  FANNO_HTTP_TOKEN: z.string().optional().describe('Bearer token required by /metrics.'),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .default('info')
    .describe(
      `Minimum level of the JSON logs that fanno start writes when stderr is not a terminal: ${logLevels.join(', ')}.`
    ),
  OPENAI_BASE_URL: baseUrls
    .optional()
    .describe(
      'Base URL of an OpenAI-compatible endpoint, including /v1. Separate replicas with commas. If no endpoint is set, the rehearsal model is used.'
    ),
  OPENAI_API_KEY: z.string().optional().describe('API key of that endpoint.'),
  FANNO_EMBEDDER: z
    .literal('builtin', 'must be builtin or unset')
    .optional()
    .describe('builtin: use the built-in lexical embedder. For endpoints without embeddings.')
}

const titles: Readonly<Record<Alias, { readonly what: string; readonly otherwise: string }>> = {
  teacher: { what: 'the teacher', otherwise: 'OPENAI_BASE_URL' },
  judge: { what: 'the judge', otherwise: "the teacher's, with its model and extra body" },
  embedder: { what: 'the embedder', otherwise: 'OPENAI_BASE_URL' }
}

const aliasVariables = ({ what, otherwise }: { readonly what: string; readonly otherwise: string }) => ({
  BASE_URL: baseUrls.optional().describe(`Endpoint of ${what}. Default: ${otherwise}.`),
  MODEL: z.string().optional().describe(`Model of ${what}. Default: the first suitable model that the endpoint lists.`),
  API_KEY: z.string().optional().describe(`API key for the endpoint of ${what}.`),
  EXTRA_BODY: jsonObject
    .optional()
    .describe(
      `Extra fields for each request to ${what}, as JSON, for example {"chat_template_kwargs": {"enable_thinking": false}}.`
    ),
  MAX_IN_FLIGHT: whole(1, 4_096).default(64).describe(`Maximum number of concurrent requests to ${what}.`),
  DEADLINE_MS: whole(100, 3_600_000)
    .default(120_000)
    .describe(`Timeout for a complete reply of ${what}, in milliseconds.`)
})

type AliasVariables = ReturnType<typeof aliasVariables>
type Prefixed<A extends Alias> = {
  [K in keyof AliasVariables as `FANNO_${Uppercase<A>}_${K & string}`]: AliasVariables[K]
}

const prefixed = <A extends Alias>(alias: A): Prefixed<A> =>
  Object.fromEntries(
    Object.entries(aliasVariables(titles[alias])).map(([name, type]) => [`FANNO_${alias.toUpperCase()}_${name}`, type])
  ) as Prefixed<A>

export const variables = z.object({
  ...shared,
  ...prefixed('teacher'),
  ...prefixed('judge'),
  ...prefixed('embedder')
})

export type Values = z.infer<typeof variables>
export type VariableName = keyof Values

export interface VariableDescription {
  readonly name: string
  readonly description: string
  readonly byDefault: string | undefined
  readonly secret: boolean
}

/** What there is to configure, in order. */
export function describeVariables(): VariableDescription[] {
  const none = variables.parse({}) as Readonly<Record<string, unknown>>
  return Object.entries(variables.shape).map(([name, type]) => ({
    name,
    description: type.description ?? '',
    byDefault: none[name] === undefined ? undefined : String(none[name]),
    secret: isSecret(name)
  }))
}

/** Secrets may also be given as the name of a file, in the variable with `_FILE` behind its name. */
export const isSecret = (name: string): boolean => /_API_KEY$|_PASSWORD$|_USER_INFO$|_TOKEN$/.test(name)
