import { readFileSync } from 'node:fs'
import { type KafkaTarget, type LogTarget, saslMechanisms } from '../../operate/configuration.ts'
import type { Values } from './variables.ts'

/** @returns undefined when something is wrong, which is then among the problems. */
export function logTarget(values: Values, problems: string[]): LogTarget | undefined {
  const { FANNO_DATA_DIR: dataDir } = values
  if (values.FANNO_LOG === 'embedded') return { kind: 'embedded', dataDir }
  const before = problems.length
  const missing = (name: string, why: string) => problems.push(`${name}: ${why}`)
  if (!values.KAFKA_BROKERS) missing('KAFKA_BROKERS', 'required when FANNO_LOG is kafka; set it to host:port')
  if (!values.SCHEMA_REGISTRY_URL) missing('SCHEMA_REGISTRY_URL', 'required when FANNO_LOG is kafka')
  const sasl = saslOf(values, missing)
  const tls = tlsOf(values, problems)
  const auth = basicAuthOf(values, missing)
  if (problems.length > before) return undefined
  return {
    kind: 'kafka',
    dataDir,
    brokers: values.KAFKA_BROKERS!,
    registry: { url: values.SCHEMA_REGISTRY_URL!, ...(auth && { auth }) },
    environment: values.FANNO_ENVIRONMENT,
    sessionTimeoutMs: values.KAFKA_SESSION_TIMEOUT_MS,
    ...(sasl && { sasl }),
    ...(tls && { tls })
  }
}

function saslOf(values: Values, missing: (name: string, why: string) => void): KafkaTarget['sasl'] {
  const {
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
    KAFKA_TLS: isTls
  } = values
  if (!mechanism && !username && !password) return undefined
  if (!mechanism)
    missing('KAFKA_SASL_MECHANISM', `required with a user or password; one of ${saslMechanisms.join(', ')}`)
  if (!username) missing('KAFKA_SASL_USERNAME', 'required with a mechanism or password')
  if (!password) missing('KAFKA_SASL_PASSWORD', 'required with a mechanism or user')
  if (mechanism === 'plain' && isTls === false)
    missing('KAFKA_TLS', 'PLAIN sends the password in clear text and requires TLS')
  return mechanism && username && password ? { mechanism, username, password } : undefined
}

function tlsOf(values: Values, problems: string[]): KafkaTarget['tls'] {
  const file = (name: 'KAFKA_TLS_CA_FILE' | 'KAFKA_TLS_CERT_FILE' | 'KAFKA_TLS_KEY_FILE') => {
    const path = values[name]
    if (path === undefined) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`)
      return undefined
    }
  }
  const [ca, cert, key] = [file('KAFKA_TLS_CA_FILE'), file('KAFKA_TLS_CERT_FILE'), file('KAFKA_TLS_KEY_FILE')]
  if ((values.KAFKA_TLS_CERT_FILE === undefined) !== (values.KAFKA_TLS_KEY_FILE === undefined))
    problems.push('KAFKA_TLS_CERT_FILE, KAFKA_TLS_KEY_FILE: set both or neither')
  // PLAIN means TLS unless it is refused, and so does anything that only TLS needs.
  const implied = [ca, cert, key].some(part => part !== undefined) || values.KAFKA_SASL_MECHANISM === 'plain'
  if (!(values.KAFKA_TLS ?? implied)) return undefined
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

function basicAuthOf(values: Values, missing: (name: string, why: string) => void) {
  const given = values.SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO
  if (given === undefined) return undefined
  const at = given.indexOf(':')
  if (at > 0) return { username: given.slice(0, at), password: given.slice(at + 1) }
  missing('SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO', 'must be user:password')
  return undefined
}
