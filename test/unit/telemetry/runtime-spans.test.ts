import { describe, expect, it } from 'vitest'
import type { Rejection } from '../../../engine/schemas/types.ts'
import type { VettedDraft } from '../../../schemas/types.ts'
import {
  contentAnswer,
  pipeline,
  produceSources,
  type SmallRun,
  startSmall,
  stopped,
  texts
} from '../../support/simulated/small-run.ts'
import { type Exported, parentOf, telemetryInMemory, traceparentOf } from '../../support/telemetry-in-memory.ts'

const drained = (run: SmallRun) => run.until(() => run.pipeline.drained())
const processed = (spans: readonly Exported[]) => spans.filter(({ name }) => name.startsWith('process '))
const of = (spans: readonly Exported[], stage: string) =>
  processed(spans).filter(({ attributes }) => attributes['fanno.stage'] === stage)
/** Enough kinds of middles for some to go on to each branch. */
const varied: typeof contentAnswer = async context =>
  context.ask === 'vector'
    ? { values: Int8Array.of(context.record.charCodeAt(0) % 9), scale: 1, embedder: 'simulated' }
    : contentAnswer(context)

describe('the spans of a pipeline', () => {
  it('are one for each input of each stage, each a child of the span that wrote its record', async () => {
    const memory = telemetryInMemory()
    const run = await startSmall({ answer: contentAnswer, telemetry: memory.telemetry })
    await produceSources(run.store, ['a'])
    await drained(run)
    const [pair] = await run.values<VettedDraft>('sinks', 'pair')
    const spans = processed(memory.spans())
    expect(spans.map(({ attributes }) => attributes['fanno.stage'])).toEqual(
      pair!.lineage.steps.map(({ stage }) => stage)
    )
    expect(new Set(spans.map(span => span.spanContext().traceId)).size).toBe(1)
    spans.forEach((span, index) => {
      const before = spans[index - 1]
      expect(parentOf(span)).toBe(before && traceparentOf(before).slice(0, -3))
    })
    expect(pair!.lineage.traceparent).toBe(traceparentOf(spans.at(-1)!))
  })

  it('have the same ids when the records are processed again by another process', async () => {
    const idsOf = async () => {
      const memory = telemetryInMemory()
      const run = await startSmall({ answer: contentAnswer, telemetry: memory.telemetry })
      await produceSources(run.store, texts(5))
      await drained(run)
      return processed(memory.spans()).map(traceparentOf).sort()
    }
    const ids = await idsOf()
    expect(new Set(ids).size).toBe(ids.length)
    expect(await idsOf()).toEqual(ids)
  })

  it('tell copies apart, and records that cannot be read', async () => {
    const memory = telemetryInMemory()
    const run = await startSmall({ answer: contentAnswer, telemetry: memory.telemetry })
    await produceSources(run.store, ['a', 'a', 'a'])
    const rubbish = { topic: `${pipeline}.sources.v1`, partition: 0, key: null, value: Buffer.from('x'), headers: {} }
    run.store.append([rubbish])
    run.store.append([rubbish])
    await drained(run)
    const spans = of(memory.spans(), 'screen-source')
    expect(spans.map(({ attributes }) => attributes['fanno.reason'] ?? '').sort()).toEqual([
      '',
      'bad-frame',
      'bad-frame',
      'duplicate',
      'duplicate'
    ])
    expect(new Set(spans.map(span => span.spanContext().spanId)).size).toBe(5)
    const copies = spans.filter(({ attributes }) => attributes['fanno.reason'] !== 'bad-frame')
    expect(new Set(copies.map(span => span.spanContext().traceId)).size).toBe(1)
    const rejections = await run.values<Rejection>('rejections', 'rejection')
    expect(rejections.map(({ lineage }) => lineage.traceparent).sort()).toEqual(
      copies
        .filter(({ attributes }) => attributes['fanno.reason'])
        .map(traceparentOf)
        .sort()
    )
  })

  it('are one for a record that was deferred, too', async () => {
    const memory = telemetryInMemory()
    const run = await startSmall({ answer: varied, telemetry: memory.telemetry })
    await produceSources(
      run.store,
      texts(60).map((text, index) => String.fromCharCode(97 + (index % 26)) + text)
    )
    await drained(run)
    await stopped(run)
    const spans = of(memory.spans(), 'answer-later')
    const settled = (await run.pipeline.progress()).find(({ stage }) => stage === 'answer-later')!
    expect(settled.emitted).toBeGreaterThan(0)
    expect(spans.length).toBe(settled.emitted)
    expect(new Set(spans.map(traceparentOf)).size).toBe(spans.length)
  })

  it('link each commit to the records that it settled, each record once', async () => {
    const memory = telemetryInMemory()
    const run = await startSmall({ answer: contentAnswer, telemetry: memory.telemetry })
    await produceSources(run.store, texts(40))
    await drained(run)
    await stopped(run)
    const linked = memory
      .spans()
      .filter(({ name }) => name.startsWith('commit '))
      .flatMap(({ links }) => links.map(({ context }) => context.spanId))
    expect(linked.sort()).toEqual(
      processed(memory.spans())
        .map(span => span.spanContext().spanId)
        .sort()
    )
  })
})

describe('what is measured of a stage', () => {
  it('are its commits by result, their duration, and that of its answers', async () => {
    const run = await startSmall({ answer: contentAnswer })
    run.store.faults = { aborted: 3, unknownAborted: 0, unknownCommitted: 0 }
    await produceSources(run.store, texts(40))
    await drained(run)
    const { commits, commitSeconds, answerSeconds, held } = run.pipeline.measures('screen-source')
    const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
    expect(commits.committed).toBeGreaterThan(0)
    expect(sum(commitSeconds.counts)).toBeGreaterThan(0)
    expect(sum(answerSeconds.counts)).toBe(40)
    expect(held).toBe(0)
    expect(() => run.pipeline.measures('no-stage')).toThrow('no-stage')
  })
  it('counts what is held while it waits', async () => {
    const run = await startSmall({ answer: () => new Promise(() => {}), limits: { windowRecords: 4 } })
    await produceSources(run.store, texts(40))
    await run.until(() => run.pipeline.measures('screen-source').held === 8)
  })
})
