import type { ConnectionOptions } from 'node:tls'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, {
  type Admin,
  type Kafka as KafkaClient,
  type KafkaConfig,
  type LogEntry,
  type SASLOptions
} from 'kafkajs'
import { ask } from './ask.ts'

// kafkajs is CommonJS: its names are not all seen as exports of an ES module.
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs

/** Where the brokers are, and who we are to them. */
export interface KafkaConnection {
  /** `host:port`. */
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly sasl?: SASLOptions
  readonly tls?: ConnectionOptions
  /** Something a person should read, in one line. */
  readonly notice?: (text: string) => void
}

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
const levelThree = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }
// kafkajs brings gzip. Node has zstd; what is compressed with lz4 or snappy is refused by name.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: (encoder: { buffer: Buffer }) => compress(encoder.buffer, levelThree),
  decompress: (buffer: Buffer) => decompress(buffer)
})

/**
 * Short, and often: a coordinator that is still busy with the last transaction is asked again after 10 ms, not after the
 * default of 300. In all about 10 s of a broker that is away.
 */
export const retry = { initialRetryTime: 10, multiplier: 1.6, maxRetryTime: 1_000, retries: 20, factor: 0.2 }

export function configOf({ brokers, clientId, sasl, tls }: KafkaConnection): KafkaConfig {
  return {
    brokers: [...brokers],
    clientId,
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry,
    ...(sasl ? { sasl } : {}),
    ...(tls ? { ssl: tls } : {}),
    // What matters reaches the user as an error or a notice of ours; kafkajs logs every try as an error.
    logLevel: logLevel.NOTHING,
    logCreator: () => (_: LogEntry) => {}
  }
}

/**
 * A client of its own for each purpose: a producer and a consumer made from one client share a map of offsets, in which
 * an aborted transaction makes the consumer skip records.
 */
export const clientOf = (connection: KafkaConnection): KafkaClient => new Kafka(configOf(connection))

/**
 * An administrator that is connected. Whoever has the address wrong shall know it within seconds.
 * @throws LogError `unavailable`, `not-authorised`.
 */
export async function administratorOf(connection: KafkaConnection): Promise<Admin> {
  const config = configOf(connection)
  const admin = new Kafka({ ...config, retry: { ...retry, retries: 6 } }).admin({ retry: { retries: 8 } })
  await ask(`no connection to ${connection.brokers.join(', ')}`, () => admin.connect())
  return admin
}
