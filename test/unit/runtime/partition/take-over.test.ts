import { describe, expect, it } from 'vitest'
import { ConfigurationChanged } from '../../../../engine/runtime/process/configuration-change.ts'
import type { Configuration, Rejection } from '../../../../engine/schemas/types.ts'
import { firstOffsetsInMemory } from '../../../../engine/views/first-offsets.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import {
  contentAnswer,
  pipeline,
  produceSources,
  type SmallRun,
  startSmall,
  texts
} from '../../../support/simulated/small-run.ts'
import { smallSettings, smallTopology } from '../../../support/simulated/small-topology.ts'

const drain = (run: SmallRun) => run.until(() => run.pipeline.drained())
const stricter = new Map(smallSettings).set('screen-source', { strictness: 1 })
const embedderChanged = (ask: { readonly kind: string }) => ({
  model: ask.kind === 'embedding' ? 'another' : 'simulated'
})

describe('a start with another configuration (R10)', () => {
  it('is refused with the difference named, and nothing is written', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await produceSources(first.store, texts(5))
    await drain(first)
    const before = await first.values('configurations', 'configuration')
    const refused = startSmall({ store: first.store, settings: stricter })
    await expect(refused).rejects.toThrow(ConfigurationChanged)
    await expect(refused).rejects.toThrow('screen-source: settings.strictness was 0, is 1')
    expect(await first.values('configurations', 'configuration')).toEqual(before)
  })

  it('goes on from where the old one stood when the change is accepted, and is not refused again', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await produceSources(first.store, texts(5))
    await drain(first)
    const second = await startSmall({
      store: first.store,
      settings: stricter,
      acceptChange: true,
      answer: contentAnswer
    })
    await produceSources(first.store, ['a new one'])
    await drain(second)
    const third = await startSmall({ store: first.store, settings: stricter, answer: contentAnswer })
    await drain(third)
    expect(imbalances(first.store, smallTopology, pipeline)).toEqual([])
    const written = (await first.values<Configuration>('configurations', 'configuration')).filter(
      ({ stage }) => stage === 'screen-source'
    )
    // Two partitions, two configurations.
    expect(written.length).toBe(4)
    expect(new Set(written.map(({ hash }) => hash)).size).toBe(2)
  })

  it('is refused in spite of acceptance when the embedder of a decision stage differs', async () => {
    const first = await startSmall({ answer: contentAnswer, describe: () => ({ model: 'simulated' }) })
    await produceSources(first.store, texts(3))
    await drain(first)
    const changed = startSmall({ store: first.store, acceptChange: true, describe: embedderChanged })
    await expect(changed).rejects.toMatchObject({ name: 'ConfigurationChanged', isAcceptable: false })
  })
})

describe('a take-over', () => {
  it('halts when a position that was committed has vanished, instead of beginning anew', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await produceSources(first.store, texts(5))
    await drain(first)
    for (const place of first.store.commits.keys())
      if (place.includes('screen-source')) first.store.commits.delete(place)
    const next = await startSmall({ store: first.store, answer: contentAnswer })
    let halted = ''
    void next.pipeline.halted.then(halt => {
      halted = `${halt.code} ${halt.exitCode} ${halt.stage}`
    })
    await next.until(() => halted !== '')
    expect(halted).toBe('offsets-vanished 75 screen-source')
  })

  it('is refused by name where another program has overwritten the position of its group', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await produceSources(first.store, texts(5))
    await drain(first)
    for (const [place, commit] of first.store.commits)
      if (place.includes('screen-source')) first.store.commits.set(place, { ...commit, metadata: 'reset by a tool' })
    await expect(startSmall({ store: first.store, answer: contentAnswer })).rejects.toMatchObject({
      code: 'position-overwritten',
      exitCode: 75,
      stage: 'screen-source',
      message: expect.stringContaining('another program')
    })
  })

  it('commits a position and its configuration before the first record', async () => {
    const run = await startSmall()
    await run.until(() => run.store.commits.size === 2 + 1 + 2 + 2)
    expect([...run.store.commits.values()].every(({ offset }) => offset === 0)).toBe(true)
    expect((await run.values('configurations', 'configuration')).length).toBe(7)
  })
})

describe('repeats (R12)', () => {
  const duplicates = async (run: SmallRun) =>
    (await run.values<Rejection>('rejections', 'rejection')).filter(({ reason }) => reason === 'duplicate')

  it('are rejected but for the first copy of each, with ids of their own', async () => {
    const run = await startSmall({ answer: contentAnswer })
    await produceSources(run.store, ['a', 'b', 'a', 'a', 'b', 'c'])
    await drain(run)
    const found = await duplicates(run)
    expect(found.length).toBe(3)
    expect(new Set(found.map(({ id }) => id)).size).toBe(3)
    expect(found[0]!.evidence).toMatch(/stood at offset \d+ of partition \d before/)
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })

  it('are known again after the index was lost', async () => {
    const first = await startSmall({ answer: contentAnswer })
    await produceSources(first.store, ['a', 'b'])
    await drain(first)
    const next = await startSmall({ store: first.store, answer: contentAnswer })
    await produceSources(first.store, ['a', 'b'])
    await drain(next)
    expect((await duplicates(next)).length).toBe(2)
  })

  it('are judged by the log alone when the index is of another log', async () => {
    const foreign = firstOffsetsInMemory()
    for (const partition of [0, 1]) foreign.fold(`${pipeline}.sources.v1/${partition}`, [{ key: 'a', offset: 0 }], 999)
    const run = await startSmall({ answer: contentAnswer, repeats: foreign })
    await produceSources(run.store, ['b', 'c', 'd', 'a'])
    await drain(run)
    expect(await duplicates(run)).toEqual([])
  })
})
