import { describe, expect, it } from 'vitest'
import { createCodec } from '../../../../engine/log/codec.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import { topicsOf } from '../../../../engine/runtime/process/topics.ts'
import { firstOffsetsInMemory } from '../../../../engine/views/first-offsets.ts'
import { schemaOf } from '../../../../schemas/schema-of.ts'
import {
  contentAnswer,
  gate,
  haltOf,
  pipeline,
  produceSources,
  progressOf,
  startSmall,
  stopped,
  storeWith,
  texts,
  turns
} from '../../../support/simulated/small-run.ts'
import { smallTopology } from '../../../support/simulated/small-topology.ts'

const unavailable = () => new LogError('unavailable', 'no broker')
const first = smallTopology.stages[0]!

describe('the start of a pipeline', () => {
  it('creates the topics of its topology and of the engine, each with its partitions', async () => {
    const run = await startSmall({ answer: contentAnswer })
    const created = new Map([...run.store.topics.values()].map(({ topic, partitions }) => [topic, partitions]))
    expect(created).toEqual(
      new Map(topicsOf(smallTopology, pipeline, 2).map(({ topic, partitions }) => [topic, partitions]))
    )
    expect([created.get('small.sources.v1'), created.get('small.middles.v1')]).toEqual([2, 1])
    await stopped(run)
  })

  it('creates none where they were prepared before, and writes with the codec that prepared them', async () => {
    let asked = 0
    const store = storeWith(driver => ({
      createTopics: specs => {
        asked++
        return driver.createTopics(specs)
      }
    }))
    const before = await startSmall({ store, answer: contentAnswer })
    await stopped(before)
    const codec = createCodec(store.driver(before.process).registry)
    const topics = topicsOf(smallTopology, pipeline, 2)
    for (const { topic, handle } of topics) await codec.prepare(topic, handle.schema)
    const run = await startSmall({ store, answer: contentAnswer, more: { topics, codec } })
    await produceSources(store, texts(1))
    await run.until(async () => (await run.values('middles', 'vetted-draft')).length === 1)
    expect(asked).toBe(1)
    await stopped(run)
  })

  it('refuses a schema of decisions without the part of the engine, before the log is touched', async () => {
    const store = storeWith(() => ({ createTopics: () => Promise.reject(new Error('the log was touched')) }))
    const stages = smallTopology.stages.map(stage =>
      'decisions' in stage ? { ...stage, decisions: { ...stage.decisions, schema: schemaOf('pair') } } : stage
    )
    const topology = { ...smallTopology, stages }
    await expect(startSmall({ store, topology })).rejects.toThrow(/admit-middle declares pair\.avsc .* is missing/)
  })

  it('uses configurations that were judged before as they are, and judges none', async () => {
    const before = await startSmall({ answer: contentAnswer })
    await before.until(() => before.store.commits.size > 0)
    await stopped(before)
    const configurations = new Map(
      smallTopology.stages.map(stage => [stage, { hash: `hash-of-${stage.name}`, canonical: '{}' }])
    )
    const options = { store: before.store, answer: contentAnswer, acceptChange: true }
    const run = await startSmall({ ...options, more: { configurations } })
    await produceSources(run.store, texts(1))
    const written = () => run.store.records('small.middles.v1', 0)
    await run.until(() => written().length === 1)
    expect(written()[0]!.headers['dataflow-configuration']).toBe('hash-of-screen-source')
    await stopped(run)
  })

  it('refuses what was prepared in part: topics without their codec, configurations without a stage', async () => {
    const topics = topicsOf(smallTopology, pipeline, 2)
    await expect(startSmall({ more: { topics } })).rejects.toThrow(/topics were given without the codec/)
    await expect(startSmall({ more: { configurations: new Map() } })).rejects.toThrow(/none of screen-source/)
  })

  it('closes its index where a view cannot be caught up', async () => {
    let joined = 0
    const store = storeWith(driver => ({
      starts: () => Promise.reject(new RangeError('a mistake')),
      join: (...given) => {
        joined++
        return driver.join(...given)
      }
    }))
    let isClosed = false
    const close = async () => {
      isClosed = true
    }
    await expect(startSmall({ store, repeats: { ...firstOffsetsInMemory(), close } })).rejects.toThrow('a mistake')
    expect([isClosed, joined]).toEqual([true, 0])
  })

  it('leaves the groups that it has joined where one of them cannot be joined, and closes its index', async () => {
    const joined: string[] = []
    const left: string[] = []
    const store = storeWith(driver => ({
      async join(group, topic, listener) {
        if (group === 'small.answer-later') throw new LogError('not-authorised', 'not this group')
        const membership = await driver.join(group, topic, listener)
        joined.push(group)
        return {
          ...membership,
          take: membership.take,
          leave: () => membership.leave().then(() => void left.push(group))
        }
      }
    }))
    let isClosed = false
    const close = async () => {
      isClosed = true
    }
    const repeats = { ...firstOffsetsInMemory(), close }
    await expect(startSmall({ store, repeats })).rejects.toMatchObject({ code: 'not-authorised' })
    expect([left.sort(), isClosed]).toEqual([joined.sort(), true])
    expect(joined.length).toBeGreaterThan(0)
  })

  it('runs the stages that are named, and leaves the input of the others alone', async () => {
    const run = await startSmall({ answer: contentAnswer, more: { stages: [first] } })
    await produceSources(run.store, texts(3))
    await run.until(async () => (await run.values('middles', 'vetted-draft')).length === 3)
    await turns(run, 200)
    expect((await run.pipeline.progress()).map(({ stage }) => stage)).toEqual([first.name])
    expect([...run.store.commits.keys()].filter(key => !key.includes(first.name))).toEqual([])
    expect(() => run.pipeline.measures('admit-middle')).toThrow(TypeError)
    await stopped(run)
  })
})

describe('a pipeline that runs', () => {
  it('counts what it settled, and has drained when all stages have settled all', async () => {
    const run = await startSmall({ answer: contentAnswer })
    await produceSources(run.store, texts(4))
    expect(await run.pipeline.drained()).toBe(false)
    await run.until(() => run.pipeline.drained())
    const counted = await progressOf(run, 'screen-source')
    expect(counted).toMatchObject({ emitted: 4, rejected: 0, deadLettered: 0, outputs: 4, inFlight: 0, lag: 0 })
    expect(run.pipeline.measures('screen-source')).toMatchObject({ held: 0, oldestSeconds: undefined })
    await stopped(run)
  })

  it('tells no lag and no end while the log cannot be reached, and why it waits; then it goes on', async () => {
    let isAway = false
    const store = storeWith(driver => ({
      ends: topic => (isAway ? Promise.reject(unavailable()) : driver.ends(topic))
    }))
    const run = await startSmall({ store, answer: contentAnswer })
    expect(run.pipeline.waits()).toBeUndefined()
    isAway = true
    expect((await progressOf(run, 'screen-source')).lag).toBeUndefined()
    expect(run.pipeline.waits()).toContain('no broker')
    expect(await run.pipeline.drained()).toBe(false)
    isAway = false
    expect((await progressOf(run, 'screen-source')).lag).toBe(0)
    expect(run.pipeline.waits()).toBeUndefined()
    await run.until(() => run.pipeline.drained())
    await stopped(run)
  })

  it('passes on what is wrong otherwise', async () => {
    let isBroken = false
    const store = storeWith(driver => ({
      ends: topic => (isBroken ? Promise.reject(new RangeError('a mistake')) : driver.ends(topic))
    }))
    const run = await startSmall({ store, answer: contentAnswer })
    const halt = haltOf(run)
    isBroken = true
    await expect(run.pipeline.progress()).rejects.toThrow(RangeError)
    await expect(run.pipeline.drained()).rejects.toThrow(RangeError)
    await run.until(() => halt.text !== '')
    expect(halt.text).toContain('a mistake')
    await stopped(run)
  })

  it('begins nothing in stages that are withheld from the start, and is quiet then', async () => {
    const names = smallTopology.stages.map(({ name }) => name)
    const run = await startSmall({ answer: contentAnswer, more: { withheld: names } })
    await produceSources(run.store, texts(3))
    await turns(run, 300)
    expect(await run.values('middles', 'vetted-draft')).toEqual([])
    expect([await run.pipeline.quiet(), await run.pipeline.drained()]).toEqual([true, false])
    await stopped(run)
  })

  it('is quiet after it was withheld only when what had begun is settled, behind it too', async () => {
    const { passed, open } = gate()
    const run = await startSmall({
      answer: async context => {
        if (context.stage === 'screen-source') await passed
        return contentAnswer(context)
      }
    })
    await produceSources(run.store, texts(2))
    await run.until(async () => (await progressOf(run, 'screen-source')).inFlight === 2)
    run.pipeline.withhold(['screen-source'])
    expect(await run.pipeline.quiet()).toBe(false)
    open()
    await run.until(() => run.pipeline.quiet())
    const sinks = await run.values('sinks', 'pair')
    expect(sinks.length).toBeGreaterThan(0)
    await produceSources(run.store, ['one more'])
    await turns(run, 300)
    expect((await run.values('sinks', 'pair')).length).toBe(sinks.length)
    await stopped(run)
  })
})
