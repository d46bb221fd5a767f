/**
 * One process of a small pipeline on Kafka, for tests that kill it: stages of the small topology, with a model that
 * answers soon, out of order. usage: chain-process.ts '{"brokers": …}'. Each answered call is a line in `callsFile`, each
 * commit a character in `commitsFile`.
 */

import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { hashOf, randomFrom } from '../../../engine/declare/index.ts'
import { InferenceError, UnusableAnswer } from '../../../engine/inference/errors.ts'
import type { Inference } from '../../../engine/inference/port.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import { Slots } from '../../../engine/log/kafka/client/slots.ts'
import { openKafkaLog } from '../../../engine/log/kafka/open.ts'
import type { LogDriver, PartitionOwner } from '../../../engine/log/port.ts'
import { LogOutage } from '../../../engine/runtime/ground/outage.ts'
import { startPipeline } from '../../../engine/runtime/process/pipeline.ts'
import { headerPrefix, namespace } from '../../../services/topics.ts'
import { smallSettings, smallTopology } from '../simulated/small-topology.ts'

export interface ChainProcess {
  readonly brokers: string
  readonly registryUrl: string
  readonly pipeline: string
  readonly stages: readonly string[]
  readonly partitions: number
  readonly localDir: string
  readonly callsFile: string
  readonly commitsFile: string
  /** Longest time of one answer, in milliseconds. */
  readonly answerMs: number
}

const given = JSON.parse(process.argv[2]!) as ChainProcess
/** Few: the work shall last while processes are killed. */
const slots = new Slots(2)

const inference: Inference = {
  admit: (_demand, _priority, signal) =>
    new Promise((resolve, reject) => {
      void slots.run(
        () =>
          new Promise<void>(release => {
            if (signal.aborted) {
              release()
              reject(signal.reason)
            } else resolve({ release })
          })
      )
    }),
  answer: async (ask, _variables, { stage, record, signal }) => {
    const chance = randomFrom(`${stage}/${record}`)
    await pause(Math.random() * given.answerMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) throw new InferenceError('shutdown', 'withdrawn')
    appendFileSync(given.callsFile, `${stage}/${record}/${ask.kind}\n`)
    const fate = chance()
    if (fate < 0.05) throw new UnusableAnswer('no digit', 'hm', [])
    if (fate < 0.1) throw new InferenceError('record-terminal', 'too long for the model')
    if (ask.kind !== 'embedding') return { answer: { probability: chance(), evidence: 'log-probabilities' }, calls: [] }
    const values = Int8Array.from({ length: 4 }, () => Math.floor(chance() * 255) - 127)
    return { answer: { values, scale: 0.01, embedder: 'simulated' }, calls: [] }
  },
  describe: ask => ({ model: 'simulated', hash: hashOf(ask.kind) }),
  model: alias => ({ alias, model: 'simulated', rehearsal: true }),
  usage: () => ({ calls: 0, promptTokens: 0, completionTokens: 0 }),
  paused: () => undefined,
  close: async () => {}
}

const counted = (owner: PartitionOwner): PartitionOwner => ({
  ...owner,
  async commit(outputs, position) {
    const result = await owner.commit(outputs, position)
    if (result.status === 'committed') appendFileSync(given.commitsFile, '.')
    return result
  }
})

const notice = (text: string) => process.stderr.write(`${text}\n`)
const opening = () =>
  openKafkaLog({
    connection: { brokers: given.brokers.split(','), clientId: `chain-${process.pid}`, notice },
    registry: { url: given.registryUrl, mayRegister: true },
    newTopic: ({ topic, partitions }) => ({ topic, numPartitions: partitions, replicationFactor: 1 }),
    sessionTimeoutMs: 6_000
  })
// The broker may be away when a process starts anew.
const outage = new LogOutage(notice)
const kafka = await outage.outlast(opening)
const driver: LogDriver = {
  ...kafka,
  async join(group, topic, listener) {
    const membership = await kafka.join(group, topic, listener)
    return { ...membership, take: async partition => counted(await membership.take(partition)) }
  }
}
const pipeline = await startPipeline({
  headerPrefix,
  codec: createCodec(driver.registry, namespace),
  pipeline: given.pipeline,
  topology: smallTopology,
  stages: smallTopology.stages.filter(({ name }) => given.stages.includes(name)),
  driver,
  inference,
  // All go on: the stages behind shall have as much to do.
  settings: new Map(smallSettings).set('admit-middle', { mostOfAKind: Number.MAX_SAFE_INTEGER }),
  localDir: given.localDir,
  partitions: given.partitions,
  limits: { windowRecords: 128, defectsInARow: 1_000 },
  notice,
  outage
})
process.stdout.write('"running"\n')
const ending = await Promise.race([
  pipeline.halted.then(halt => {
    notice(`halted: ${halt.code}: ${halt.message}`)
    return 75
  }),
  new Promise<number>(resolve => process.once('SIGTERM', () => resolve(0)))
])
await pipeline.stop()
await driver.close()
process.exit(ending)
