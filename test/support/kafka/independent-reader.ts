import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A record as a client that is not ours has read it. */
export interface ReadRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly sha256: string
}

export interface IndependentReader {
  /** What it has read so far, in the order in which it did. */
  records(): readonly ReadRecord[]
  stop(): Promise<void>
}

const python = process.env.KAFKA_TESTS_PYTHON ?? 'python3'

/** Why there is no client but ours on this machine; undefined where there is one. */
export function whyNoReader(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import confluent_kafka, fastavro'], { stdio: 'ignore' })
    return undefined
  } catch {
    return `${python} has no confluent-kafka and fastavro (KAFKA_TESTS_PYTHON names another, test/support/requirements.txt what it needs)`
  }
}

/** A record as a client that is not ours has read and decoded it. */
export interface DecodedRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: unknown
}

/** All committed records of a topic, decoded by fastavro with the schemas that the registry has for their frames. */
export function decodeTopic(bootstrap: string, registryUrl: string, topic: string): readonly DecodedRecord[] {
  const script = fileURLToPath(new URL('./decode_topic.py', import.meta.url))
  const limits = { timeout: 30_000, maxBuffer: 2 ** 28 }
  return execFileSync(python, [script, bootstrap, registryUrl, topic], { encoding: 'utf8', ...limits })
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}

/** Writes documents with librdkafka and fastavro, with the newest schema that the registry has for the topic. */
export function writeDocuments(
  bootstrap: string,
  registryUrl: string,
  topic: string,
  partitioner: string,
  documents: readonly unknown[]
): void {
  const script = fileURLToPath(new URL('./write_documents.py', import.meta.url))
  const input = documents.map(document => `${JSON.stringify(document)}\n`).join('')
  execFileSync(python, [script, bootstrap, registryUrl, topic, partitioner], { input, timeout: 30_000 })
}

/** Reads topics from the beginning until it is stopped, with librdkafka, read_committed. */
export function startReader(bootstrap: string, topics: ReadonlyMap<string, number>, file: string): IndependentReader {
  const script = fileURLToPath(new URL('./read_committed.py', import.meta.url))
  const wanted = [...topics].map(([topic, partitions]) => `${topic}=${partitions}`)
  const child = spawn(python, [script, bootstrap, ...wanted], { stdio: ['ignore', 'pipe', 'ignore'] })
  const output = createWriteStream(file)
  child.stdout.pipe(output)
  const closed = once(output, 'close')
  return {
    records: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        // The last line may not be whole yet.
        .slice(0, -1)
        .map(line => JSON.parse(line) as ReadRecord),
    async stop() {
      child.kill('SIGTERM')
      await closed
    }
  }
}
