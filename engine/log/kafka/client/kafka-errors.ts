import { LogError } from '../../errors.ts'

/** What kafkajs throws, as far as it says more than a message. */
interface KafkaFailure extends Error {
  /** Name of the protocol's error, such as `INVALID_PRODUCER_EPOCH`. */
  readonly type?: string
  readonly retriable?: boolean
  readonly cause?: unknown
}

/** The error and what caused it, outermost first: kafkajs wraps errors that it has tried again for. */
function* causes(error: unknown): Generator<KafkaFailure> {
  const seen = new Set<unknown>()
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause)
    yield cause as KafkaFailure
    // Of an error about several topics at once.
    const { errors } = cause as { errors?: unknown }
    if (Array.isArray(errors)) for (const one of errors) yield* causes(one)
  }
}

export const hasType = (error: unknown, types: ReadonlySet<string>): boolean =>
  [...causes(error)].some(({ type }) => type !== undefined && types.has(type))

/**
 * Another producer has initialised with the same transactional id, or the broker has ended our transaction because it
 * took too long: both look alike. Nothing of the transaction is visible.
 */
const fencing = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING'])
export const isFenced = (error: unknown): boolean => hasType(error, fencing)

/** Whether an answer did not come, rather than said no. */
export const isConnectionLost = (error: unknown): boolean => [...causes(error)].some(({ name }) => lost.has(name))
const lost = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSRequestTimeoutError'])

const refusals = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'ILLEGAL_SASL_STATE',
  'UNSUPPORTED_SASL_MECHANISM'
])
const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'OFFSET_METADATA_TOO_LARGE'])

/**
 * What no repetition mends, as the log's own error; undefined for everything that may pass.
 * @param what could not be done, by name: of a refusal the broker says only that there was one.
 */
export function lasting(error: unknown, what?: string): LogError | undefined {
  if (error instanceof LogError) return error
  const message = messageOf(error)
  const names = [...causes(error)].map(({ name }) => name)
  if (hasType(error, refusals) || names.includes('KafkaJSSASLAuthenticationError'))
    return new LogError('not-authorised', `${what ? `${what}, ` : ''}the broker refuses: ${message}`, { cause: error })
  if (hasType(error, tooLarge))
    return new LogError('record-too-large', `the broker takes no such record: ${message}`, { cause: error })
  if (names.includes('KafkaJSNotImplemented'))
    return new LogError('bad-frame', `records are compressed in a way that is not supported: ${message}`, {
      cause: error
    })
  return undefined
}

export const unavailable = (what: string, error: unknown): LogError =>
  lasting(error, what) ?? new LogError('unavailable', `${what}: ${messageOf(error)}`, { cause: error })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
