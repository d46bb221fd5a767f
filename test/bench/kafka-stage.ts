/**
 * A process with one stage on Kafka, for measurements: it takes in what waits, and answers its parent in messages.
 * usage: fork('./kafka-stage.ts', ['{"brokers": …}']).
 */
import { openKafkaLog } from '../../engine/log/kafka/open.ts'
import { askTopology, copyTopology, noInference, openBench, until } from './bench-stage.ts'

export interface KafkaStage {
  readonly brokers: string
  readonly registryUrl: string
  readonly pipeline: string
  readonly partitions: number
  /** `copy`: until so many records are copied. `hang`: every question hangs; memory is told until the parent ends it. */
  readonly mode: 'copy' | 'hang'
  readonly records: number
}

export interface CopyFigures {
  /** From the first record taken in to the last committed. */
  readonly seconds: number
  readonly commits: number
  /** Of the process, meanwhile. */
  readonly cpuSeconds: number
  readonly residentBytes: number
}

export interface MemoryFigures {
  readonly held: number
  readonly heapBytes: number
  readonly residentBytes: number
}

const given = JSON.parse(process.argv[2]!) as KafkaStage
const bench = await openBench(
  given.partitions,
  () =>
    openKafkaLog({
      connection: { brokers: given.brokers.split(','), clientId: 'bench' },
      registry: { url: given.registryUrl, mayRegister: true },
      newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 })
    }),
  given.pipeline
)

async function copy(): Promise<CopyFigures> {
  let began: number | undefined
  let cpu = process.cpuUsage()
  const [stage] = copyTopology.stages as [(typeof copyTopology.stages)[number]]
  const { question } = stage as { question: (...of: unknown[]) => unknown }
  const timed = (...of: unknown[]) => {
    if (began === undefined) {
      began = performance.now()
      cpu = process.cpuUsage()
    }
    return question(...of)
  }
  const running = await bench.start(
    { ...copyTopology, stages: [{ ...stage, question: timed } as typeof stage] },
    noInference
  )
  await until(async () => (await running.progress())[0]!.emitted === given.records)
  const seconds = (performance.now() - began!) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const { committed = 0 } = running.measures(stage.name).commits
  const figures = {
    seconds,
    commits: committed,
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage().rss
  }
  await running.stop()
  return figures
}

async function hang(): Promise<void> {
  let held = 0
  await bench.start(askTopology, {
    ...noInference,
    admit: async () => ({ release: () => {} }),
    answer: () => {
      held++
      return new Promise<never>(() => {})
    }
  })
  process.on('message', () => {
    globalThis.gc?.()
    const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage()
    process.send!({ held, heapBytes, residentBytes } satisfies MemoryFigures)
  })
}

if (given.mode === 'hang') await hang()
else {
  process.send!(await copy())
  await bench.close()
  process.exit(0)
}
