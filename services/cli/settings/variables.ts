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
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, 63 at most')
    .default('fanno')
    .describe('Name of the pipeline: prefix of its topics. With a rehearsal model, "-rehearsal" is added.'),
  FANNO_LOG: z
    .enum(['embedded', 'kafka'], 'must be embedded or kafka')
    .default('embedded')
    .describe('embedded: a log in a folder, for one machine. kafka: a Kafka cluster and a schema registry.'),
  FANNO_DATA_DIR: z
    .string()
    .default('.fanno')
    .describe('Folder of the embedded log; with Kafka, of what can be rebuilt from its topics.'),
  FANNO_ENVIRONMENT: z
    .enum(['development', 'production'], 'must be development or production')
    .default('development')
    .describe('How topics are made on Kafka. development: one replica. production: three, two of them in sync.'),
  KAFKA_BROKERS: hostsAndPorts.optional().describe('Brokers to begin with, host:port, separated by commas.'),
  KAFKA_SASL_MECHANISM: z
    .enum(saslMechanisms, `must be one of ${saslMechanisms.join(', ')}`)
    .optional()
    .describe(`How the user is proved: ${saslMechanisms.join(', ')}.`),
  KAFKA_SASL_USERNAME: z.string().optional().describe('User at the brokers.'),
  KAFKA_SASL_PASSWORD: z.string().optional().describe('Password of that user.'),
  KAFKA_TLS: z
    .enum(['true', 'false'], 'must be true or false')
    .transform(text => text === 'true')
    .optional()
    .describe('TLS to the brokers. Taken for granted with PLAIN, or where one of the files below is named.'),
  KAFKA_TLS_CA_FILE: z.string().optional().describe('Authority that signed the certificates of the brokers, PEM.'),
  KAFKA_TLS_CERT_FILE: z.string().optional().describe('Certificate of this client, PEM.'),
  KAFKA_TLS_KEY_FILE: z.string().optional().describe('Key of that certificate, PEM.'),
  SCHEMA_REGISTRY_URL: z
    .string()
    .transform(url => url.trim().replace(/(?<!\/)\/+$/, ''))
    .refine(isHttp, 'must be an http(s) URL')
    .optional()
    .describe('Schema registry with the interface of Confluent.'),
  SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO: z.string().optional().describe('user:password at the registry.'),
  KAFKA_SESSION_TIMEOUT_MS: whole(6_000, 300_000)
    .default(10_000)
    .describe(
      'A process that is silent for so long loses its partitions, in milliseconds. Within the limits of the brokers (group.min.session.timeout.ms).'
    ),
  FANNO_PARTITIONS: whole(1, 256)
    .default(4)
    .describe('Partitions of each topic that has several. Fixed once the topics exist.'),
  PORT: whole(0, 65_535)
    .optional()
    .describe('fanno start answers /livez, /readyz and /metrics at this port; 0 takes a free one.'),
  FANNO_HTTP_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Where that port is opened. Anything but the loopback interface needs a token.'),
  FANNO_HTTP_TOKEN: z.string().optional().describe('Bearer token that /metrics asks for.'),
  LOG_LEVEL: z
    .enum(logLevels, `must be one of ${logLevels.join(', ')}`)
    .default('info')
    .describe(`Of the JSON lines that fanno start writes off a terminal: ${logLevels.join(', ')}.`),
  OPENAI_BASE_URL: baseUrls
    .optional()
    .describe(
      'OpenAI-compatible endpoint, with its /v1; a list separated by commas are replicas. Without it, the rehearsal model answers.'
    ),
  OPENAI_API_KEY: z.string().optional().describe('Key of that endpoint.'),
  FANNO_EMBEDDER: z
    .literal('builtin', 'must be builtin, or not set')
    .optional()
    .describe('builtin: the lexical embedder in this process, for endpoints without embeddings.')
}

const titles: Readonly<Record<Alias, { readonly what: string; readonly otherwise: string }>> = {
  teacher: { what: 'the teacher', otherwise: 'OPENAI_BASE_URL' },
  judge: { what: 'the judge', otherwise: "the teacher's" },
  embedder: { what: 'the embedder', otherwise: 'OPENAI_BASE_URL' }
}

const aliasVariables = ({ what, otherwise }: { readonly what: string; readonly otherwise: string }) => ({
  BASE_URL: baseUrls.optional().describe(`Endpoint of ${what}; default: ${otherwise}.`),
  MODEL: z.string().optional().describe(`Model of ${what}; default: the first fitting one that the endpoint lists.`),
  API_KEY: z.string().optional().describe(`Key of the endpoint of ${what}.`),
  EXTRA_BODY: jsonObject
    .optional()
    .describe(
      `Fields added to each request to ${what}, as JSON: {"chat_template_kwargs": {"enable_thinking": false}}.`
    ),
  MAX_IN_FLIGHT: whole(1, 4_096).default(64).describe(`Requests to ${what} in flight at most.`),
  DEADLINE_MS: whole(100, 3_600_000)
    .default(120_000)
    .describe(`Longest time for one whole reply of ${what}, in milliseconds.`)
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
