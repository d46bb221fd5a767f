import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineTopology, topicName } from '../../../engine/declare/index.ts'
import { createCodec } from '../../../engine/log/codec.ts'
import { partitionOf } from '../../../engine/log/partitioner.ts'
import type { Commit } from '../../../engine/log/port.ts'
import { parseMetadata } from '../../../engine/runtime/commit/commit-metadata.ts'
import { groupOf } from '../../../engine/runtime/ground/stage-context.ts'
import { type Pipeline, startPipeline } from '../../../engine/runtime/process/pipeline.ts'
import { inputOf } from '../../../engine/runtime/record/headers.ts'
import { firstOffsetsInMemory } from '../../../engine/views/first-offsets.ts'
import type { Decision } from '../../../schemas/types.ts'
import { schemaNamed } from '../../support/schemas.ts'
import { imbalances } from '../../support/simulated/log-balance.ts'
import { type SimulatedCall, simulatedInference } from '../../support/simulated/simulated-inference.ts'
import { type CommitFaults, SimulatedStore } from '../../support/simulated/simulated-log.ts'
import { SimulatedProcess, SimulatedWorld } from '../../support/simulated/simulated-world.ts'
import {
  middleDecisions,
  middles,
  sinks,
  smallSettings,
  smallTopology,
  source,
  sources
} from '../../support/simulated/small-topology.ts'

const pipeline = 'sim'

/** Scenarios of each property; thousands on demand: `SIMULATION_RUNS=1000 npx vitest run test/unit/runtime/simulation`. */
const runs = Number(process.env.SIMULATION_RUNS ?? 30)
const timeout = 60_000 + 300 * runs

interface Scenario {
  readonly seed: string
  readonly texts: readonly number[]
  readonly faults: CommitFaults
  /** After how many turns the process of the moment goes, and whether it lives on as a zombie. */
  readonly deaths: readonly { readonly after: number; readonly zombie: boolean }[]
  readonly holes: number
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.string({ minLength: 4, maxLength: 8 }),
  texts: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 }),
  faults: fc.record({
    aborted: fc.constantFrom(0, 3, 10),
    unknownCommitted: fc.constantFrom(0, 3, 10),
    unknownAborted: fc.constantFrom(0, 3, 10)
  }),
  deaths: fc.array(fc.record({ after: fc.integer({ min: 1, max: 1_500 }), zombie: fc.boolean() }), { maxLength: 4 }),
  holes: fc.constantFrom(0, 0, 2, 5)
})

interface Ended {
  readonly store: SimulatedStore
  readonly calls: readonly SimulatedCall[]
  readonly halts: readonly string[]
}

/** Runs a scenario to its end: every process but the last dies or loses its partitions, the last one drains. */
async function play({ seed, texts, faults, deaths, holes }: Scenario): Promise<Ended> {
  const world = new SimulatedWorld(seed)
  const store = new SimulatedStore(world, faults)
  store.holes = holes
  const calls: SimulatedCall[] = []
  const halts: string[] = []
  let process = new SimulatedProcess(world)
  const start = async (): Promise<Pipeline> => {
    const started = startPipeline({
      pipeline,
      topology: smallTopology,
      driver: store.driver(process),
      inference: simulatedInference(process, calls),
      settings: smallSettings,
      localDir: '',
      partitions: 2,
      notice: () => {},
      clock: process.clock,
      repeats: firstOffsetsInMemory(),
      limits: { windowRecords: 8, commitRecords: 6, defectsInARow: 1_000 }
    })
    let running: Pipeline | undefined
    const { killed } = process
    void started.then(p => {
      running = p
      void p.halted.then(halt => halts.push(`${halt.stage}: ${halt.message}`))
    })
    await world.run(() => running !== undefined || killed)
    return running!
  }
  let current = await start()
  await produce(store, texts)
  for (const death of deaths) {
    const until = world.turns + death.after
    await world.run(() => world.turns >= until)
    process.killed = !death.zombie
    process = new SimulatedProcess(world)
    current = await start()
  }
  let drained = false
  await world.run(async () => {
    if (halts.length > 0) return true
    drained = await current.drained()
    return drained
  })
  return { store, calls, halts }
}

async function produce(store: SimulatedStore, texts: readonly number[]): Promise<void> {
  const codec = createCodec(store.driver(new SimulatedProcess(store.world)).registry)
  const topic = topicName(pipeline, sources)
  await codec.prepare(topic, sources.schema)
  for (const text of texts) {
    const value = source(`text-${text}`)
    const key = sources.key(value)
    store.append([
      { topic, partition: partitionOf(key, 2), key: Buffer.from(key), value: codec.encode(topic, value), headers: {} }
    ])
  }
  // A foreign producer that gets two things wrong.
  store.append([{ topic, partition: 0, key: Buffer.from('no-frame'), value: Buffer.from('no frame'), headers: {} }])
  store.append([
    { topic, partition: 1, key: Buffer.from('x'), value: codec.encode(topic, source('wrongly-keyed')), headers: {} }
  ])
}

/** Verdicts of the decision stage, in order, as a successor would fold them. */
async function verdicts(store: SimulatedStore): Promise<string[]> {
  const codec = createCodec(store.driver(new SimulatedProcess(store.world)).registry)
  return Promise.all(
    store.records(topicName(pipeline, middleDecisions), 0).map(async record => {
      const decision = (await codec.decode(schemaNamed('decision'), record.value)) as Decision
      return `${decision.recordId} ${decision.verdict} ${decision.reason} ${decision.number} ${decision.cells}`
    })
  )
}

/** The same middles, in the same order, decided upon by one process that meets no fault. */
async function decideAnew(store: SimulatedStore): Promise<SimulatedStore> {
  const world = new SimulatedWorld('calm')
  const calm = new SimulatedStore(world)
  calm.schemas.push(...store.schemas)
  const process = new SimulatedProcess(world)
  let running: Pipeline | undefined
  void startPipeline({
    pipeline,
    topology: defineTopology(middles, sinks, smallTopology.stages.slice(1)),
    driver: calm.driver(process),
    inference: simulatedInference(process, []),
    settings: smallSettings,
    localDir: '',
    partitions: 2,
    notice: () => {},
    clock: process.clock,
    repeats: firstOffsetsInMemory()
  }).then(p => {
    running = p
  })
  await world.run(() => running !== undefined)
  calm.append(store.records(topicName(pipeline, middles), 0))
  await world.run(() => running!.drained())
  return calm
}

/** Calls about a record that the calling process had settled, or that was settled before it began. */
function repeatsAfterSettling(store: SimulatedStore, calls: readonly SimulatedCall[]): string[] {
  const placeOf = new Map<string, string>()
  for (const stage of smallTopology.stages) {
    const topic = topicName(pipeline, stage.reads)
    for (const record of store.topics.has(topic) ? [0, 1].flatMap(p => store.records(topic, p)) : []) {
      // Only the first of several copies is asked about.
      const id = `${stage.name}/${stage.reads === sources ? 'source-' : ''}${record.key}`
      if (!placeOf.has(id)) placeOf.set(id, `${groupOf(pipeline, stage)}/${inputOf(record)}`)
    }
  }
  return calls
    .filter(call => {
      const [, place, offset] = /^(.*)\/(\d+)$/.exec(placeOf.get(`${call.stage}/${call.record}`)!)!
      return store.history.some(
        past =>
          past.place === place &&
          isSettled(past.commit, Number(offset)) &&
          ((past.process === call.process && past.turn < call.turn) || past.turn < call.process.startedAt)
      )
    })
    .map(call => `${call.stage} asked about ${call.record} at turn ${call.turn}`)
}

const isSettled = (commit: Commit, offset: number): boolean =>
  offset < commit.offset || parseMetadata(commit.metadata, commit.offset).settled.has(offset)

describe('the runtime under interleavings, deaths and failed commits', () => {
  it('gives every input exactly one outcome, loses nothing, and drains (R1, R2, R3, R8, R11, R12, R13)', {
    timeout
  }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async scenario => {
        const { store, halts } = await play(scenario)
        expect(halts).toEqual([])
        expect(imbalances(store, smallTopology, pipeline)).toEqual([])
      }),
      { numRuns: 2 * runs }
    )
  })

  it('decides as a run without faults does over the same input (R6)', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async scenario => {
        const { store } = await play(scenario)
        expect(await verdicts(store)).toEqual(await verdicts(await decideAnew(store)))
      }),
      { numRuns: runs }
    )
  })

  it('never asks about a record that is settled (R5)', { timeout }, async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async scenario => {
        const { store, calls } = await play(scenario)
        expect(repeatsAfterSettling(store, calls)).toEqual([])
      }),
      { numRuns: runs }
    )
  })
})
