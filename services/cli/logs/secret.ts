import { randomBytes } from 'node:crypto'
import { topicName } from '../../../engine/declare/index.ts'
import type { Codec } from '../../../engine/log/codec.ts'
import { LogError } from '../../../engine/log/errors.ts'
import type { LogDriver } from '../../../engine/log/port.ts'
import type { Secret } from '../../../schemas/types.ts'
import { secrets } from '../../topics.ts'

/**
 * The pipeline's secret, for processes that share nothing but the log: the first record of a private topic. Whoever finds
 * none writes one, as a writer that fences others who are about to, and looks again before.
 */
export async function secretOnLog(driver: LogDriver, codec: Codec, pipeline: string): Promise<string> {
  const topic = topicName(pipeline, secrets)
  const find = () => first(driver, codec, topic)
  const found = await find()
  if (found !== undefined) return found
  const writer = await driver.writer(`${pipeline}.secrets`)
  try {
    const meanwhile = await find()
    if (meanwhile !== undefined) return meanwhile
    const made: Secret = { id: 'secret', value: randomBytes(32).toString('hex') }
    const value = codec.encode(topic, made)
    const result = await writer.commit([{ topic, partition: 0, key: Buffer.from(made.id), value, headers: {} }])
    if (result.status === 'aborted') throw result.cause
  } finally {
    await writer.close()
  }
  // Ours, or that of whoever fenced us.
  const written = await find()
  if (written === undefined) throw new LogError('unavailable', `the secret of ${pipeline} could not be written`)
  return written
}

async function first(driver: LogDriver, codec: Codec, topic: string): Promise<string | undefined> {
  const [end = 0] = await driver.ends(topic)
  for await (const { value } of driver.read(topic, 0, 0, end))
    return ((await codec.decode(secrets.schema, value)) as Secret).value
  return undefined
}
