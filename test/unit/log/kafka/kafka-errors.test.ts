import kafkajs from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { LogError } from '../../../../engine/log/errors.ts'
import { hasType, isFenced, lasting, unavailable } from '../../../../engine/log/kafka/client/kafka-errors.ts'

const { KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded, KafkaJSAggregateError } = kafkajs

const protocolError = (type: string) => Object.assign(new Error(`the broker says ${type}`), { type })
const refused = protocolError('TOPIC_AUTHORIZATION_FAILED')
const exceeded = (cause: Error) => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 5, retryTime: 10 })

describe('a cause', () => {
  it('is found behind errors that say only that tries were in vain', () => {
    const wrapped = new Error('outer', { cause: new Error('middle', { cause: protocolError('PRODUCER_FENCED') }) })
    expect(isFenced(wrapped)).toBe(true)
    expect(isFenced(exceeded(protocolError('INVALID_PRODUCER_EPOCH')))).toBe(true)
    const cause = protocolError('INVALID_PRODUCER_EPOCH')
    expect(isFenced(Object.assign(new KafkaJSNonRetriableError(cause), { cause }))).toBe(true)
    expect(isFenced(exceeded(protocolError('NOT_COORDINATOR')))).toBe(false)
  })

  it('is found in an error for several topics', () => {
    const aggregate = new KafkaJSAggregateError('topic creation errors', [protocolError('OTHER'), refused] as never)
    expect(lasting(aggregate)).toMatchObject({ code: 'not-authorised' })
  })

  it('that is its own cause is looked at once', () => {
    const error = new Error('round') as Error & { cause: unknown }
    error.cause = error
    expect(hasType(error, new Set(['ANY']))).toBe(false)
  })

  it('that is no Error has no type', () => {
    expect(hasType('text', new Set(['ANY']))).toBe(false)
    expect(hasType(undefined, new Set(['ANY']))).toBe(false)
  })
})

describe('what lasts', () => {
  it.each([
    ['not-authorised', refused],
    ['not-authorised', exceeded(protocolError('GROUP_AUTHORIZATION_FAILED'))],
    ['not-authorised', Object.assign(new Error('no'), { name: 'KafkaJSSASLAuthenticationError' })],
    ['record-too-large', exceeded(protocolError('MESSAGE_TOO_LARGE'))],
    ['record-too-large', protocolError('OFFSET_METADATA_TOO_LARGE')],
    ['bad-frame', new Error('wrapped', { cause: Object.assign(new Error('lz4'), { name: 'KafkaJSNotImplemented' }) })]
  ])('is %s', (code, error) => {
    expect(lasting(error)).toMatchObject({ name: 'LogError', code, cause: error })
    expect(unavailable('asked', error)).toMatchObject({ code })
  })

  it("is the log's own error as it is", () => {
    const own = new LogError('offset-gone', 'gone')
    expect(lasting(own)).toBe(own)
    expect(unavailable('asked', own)).toBe(own)
  })
})

describe('what may pass', () => {
  it.each([[exceeded(protocolError('NOT_LEADER_FOR_PARTITION'))], [new Error('connect ECONNREFUSED')]])(
    'is unavailable, and keeps its cause',
    error => {
      expect(lasting(error)).toBeUndefined()
      const failure = unavailable('the topics cannot be listed', error)
      expect(failure).toMatchObject({ code: 'unavailable', cause: error })
      expect(failure.message).toBe(`the topics cannot be listed: ${error.message}`)
    }
  )

  it('says what it can where somebody threw no Error', () => {
    expect(unavailable('asked', 'text')).toMatchObject({ code: 'unavailable', message: 'asked: text' })
    expect(unavailable('asked', undefined)).toMatchObject({ code: 'unavailable', message: 'asked: undefined' })
  })
})
