import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { topicName } from '../../../engine/declare/index.ts'
import type { Codec } from '../../../engine/log/codec.ts'
import { LogError } from '../../../engine/log/errors.ts'
import type { LogDriver } from '../../../engine/log/port.ts'
import { readValues } from '../../../engine/log/read.ts'
import type { Secret } from '../../../schemas/types.ts'
import { secrets } from '../../topics.ts'

/** Processes that start together fence each other: so often each may be outrun before it gives up. */
const rounds = 50
const longestPauseMs = 400

/**
 * The pipeline's secret, for processes that share nothing but the log: the first record of a private topic. Whoever finds
 * none writes one, as a writer that fences others who are about to, and looks again before.
 */
export async function secretOnLog(driver: LogDriver, codec: Codec, pipeline: string): Promise<string> {
  const find = () => first(driver, codec, pipeline)
  for (let round = 0; round < rounds; round++) {
    const found = (await find()) ?? (await write(driver, codec, pipeline, find))
    if (found !== undefined) return found
    // Whoever fenced us may not have written yet, and be fenced in turn. Pauses of different lengths let one through.
    await sleep(randomInt(longestPauseMs))
  }
  throw new LogError('unavailable', `the secret of ${pipeline} could not be written`)
}

/** @returns the secret that is on the log then; undefined when another writer was about to write one. */
async function write(
  driver: LogDriver,
  codec: Codec,
  pipeline: string,
  find: () => Promise<string | undefined>
): Promise<string | undefined> {
  const topic = topicName(pipeline, secrets)
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
  return find()
}

async function first(driver: LogDriver, codec: Codec, pipeline: string): Promise<string | undefined> {
  for await (const { value } of readValues({ driver, codec, pipeline }, secrets)) return value
  return undefined
}
