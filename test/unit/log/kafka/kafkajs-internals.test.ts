import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import '../../../../engine/log/kafka/client/kafkajs-internals.ts'

const require = createRequire(import.meta.url)
const { protocol } = require('kafkajs/src/protocol/requests/addPartitionsToTxn') as {
  protocol: (of: {
    version: number
  }) => (request: object) => { response: { parse: (answer: object) => Promise<unknown> } }
}
const added = { transactionalId: 'id', producerId: '1', producerEpoch: 0, topics: [] }
const topicWith = (topic: string, errorCode: number) => ({ topic, partitionErrors: [{ partition: 0, errorCode }] })
const notAttempted = topicWith('allowed', 55)

describe.each([0, 1])('the answer to partitions for a transaction, version %i', version => {
  const { parse } = protocol({ version })(added).response

  it('is the reason why one was refused, wherever it stands among those that were left alone', async () => {
    const refused = topicWith('refused', 29)
    for (const errors of [
      [notAttempted, refused],
      [refused, notAttempted]
    ])
      await expect(parse({ errors })).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' })
  })

  it('is that one was left alone where nothing else is said, and nothing where none was refused', async () => {
    await expect(parse({ errors: [notAttempted] })).rejects.toMatchObject({ type: 'OPERATION_NOT_ATTEMPTED' })
    const answer = { errors: [topicWith('allowed', 0)] }
    expect(await parse(answer)).toBe(answer)
  })
})
