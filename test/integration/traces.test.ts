import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prometheusText } from '../../engine/telemetry/prometheus.ts'
import type { Snapshot } from '../../engine/telemetry/snapshot.ts'
import type { Pair } from '../../schemas/types.ts'
import { snapshotOf } from '../../services/operate/snapshot.ts'
import { topology } from '../../services/topology.ts'
import { type Exported, parentOf, telemetryInMemory, traceparentOf } from '../support/telemetry-in-memory.ts'
import { startWhole, type WholePipeline } from '../support/whole-pipeline.ts'

const canary = 'canary-5e0c7b'
const root = new URL('../..', import.meta.url).pathname
const documents = globSync('node_modules/{commander,zod,avsc,liquidjs,undici,yaml,piscina}/README.md', { cwd: root })
  .sort()
  .map(file => ({
    givenId: `${canary}/${file}`,
    url: `https://user:${canary}@127.0.0.1/${file}`,
    title: `Of ${canary}`,
    mediaType: 'text/markdown',
    content: Buffer.concat([
      Buffer.from(`Write to ${canary}@example.org, who knows more about this.\n\n`),
      readFileSync(`${root}/${file}`)
    ])
  }))

const memory = telemetryInMemory()
let whole: WholePipeline
let spans: readonly Exported[]
let pairs: readonly Pair[]
let snapshot: Snapshot

// One run for all that is looked at here: it takes seconds.
beforeAll(async () => {
  whole = await startWhole({ telemetry: memory.telemetry, apiKey: `sk-${canary}-0123456789` })
  await whole.give(...documents, documents[0]!)
  await whole.drained()
  pairs = await whole.values('pairs', 'pair')
  await whole.pipeline.stop()
  snapshot = snapshotOf(whole.pipeline, await whole.pipeline.progress(), whole.inference)
  memory.telemetry.observe(snapshot)
  spans = memory.spans()
})
afterAll(() => whole.close())

const processed = () => spans.filter(({ name }) => name.startsWith('process '))
const calls = () => spans.filter(({ name }) => /^(?:chat|embeddings) /.test(name))
const nameOf = (span: Exported) => traceparentOf(span).slice(0, -3)

describe('a pipeline with telemetry', () => {
  it('has one trace from each document to its pairs, with a span for each step of a pair’s lineage', () => {
    expect(pairs.length).toBeGreaterThan(10)
    const byName = new Map(processed().map(span => [nameOf(span), span]))
    for (const { lineage } of pairs) {
      const stages: unknown[] = []
      let last: Exported | undefined
      for (let name: string | undefined = lineage.traceparent.slice(0, -3); name; ) {
        last = byName.get(name)
        stages.unshift(last?.attributes['fanno.stage'])
        name = last && parentOf(last)
      }
      expect(stages).toEqual(lineage.steps.map(({ stage }) => stage))
      expect(stages[0]).toBe('segment-document')
      expect(last!.parentSpanContext).toBeUndefined()
    }
    expect(new Set(processed().map(span => span.spanContext().traceId)).size).toBe(documents.length)
  })

  it('has exactly one span for each input that was settled, and names the outcome', async () => {
    const settled = snapshot.stages.reduce((sum, stage) => sum + stage.emitted + stage.rejected + stage.deadLettered, 0)
    expect(processed().length).toBe(settled)
    expect(new Set(processed().map(nameOf)).size).toBe(settled)
    const outcomes = ['emitted', 'rejected', 'dead-lettered']
    for (const { stage, ...counts } of snapshot.stages)
      expect([
        stage,
        outcomes.map(
          outcome =>
            processed().filter(
              ({ attributes }) => attributes['fanno.stage'] === stage && attributes['fanno.outcome'] === outcome
            ).length
        )
      ]).toEqual([stage, [counts.emitted, counts.rejected, counts.deadLettered]])
  })

  it('has one span for each call, below the record that it is about', () => {
    const records = new Map(processed().map(span => [nameOf(span), span]))
    expect(calls().length).toBe(snapshot.stages.reduce((sum, { usage }) => sum + usage.calls, 0))
    for (const call of calls())
      expect(records.get(parentOf(call)!)?.attributes['fanno.stage']).toBe(call.attributes['fanno.stage'])
  })

  it('links each settled record from one commit, as long as a commit is not too large', () => {
    const commits = spans.filter(({ name }) => name.startsWith('commit '))
    const linked = commits.flatMap(({ links }) => links.map(({ context }) => `00-${context.traceId}-${context.spanId}`))
    expect(new Set(linked).size).toBe(linked.length)
    const counted = commits.map(({ attributes }) => Number(attributes['messaging.batch.message_count']))
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(processed().length)
    expect(linked.length).toBe(counted.reduce((sum, count) => sum + Math.min(count, 128), 0))
  })

  it('says nothing of documents, prompts, answers and keys, neither in spans nor in metrics', async () => {
    const told = await memory.everything()
    expect(told).toContain('judge-response')
    expect(JSON.stringify(pairs)).toContain(canary)
    expect(told).not.toContain(canary)
    expect(told).not.toContain('example.org')
    expect(prometheusText(snapshot, 'fanno')).not.toContain(canary)
    for (const { instruction, response, passage } of pairs)
      for (const text of [instruction, response, passage.text])
        expect(told).not.toContain(JSON.stringify(text).slice(1, 60))
  })

  it('counts every stage for Prometheus', () => {
    const text = prometheusText(snapshot, 'fanno')
    for (const { name } of topology.stages)
      expect(text).toMatch(new RegExp(`^fanno_stage_outputs_total\\{fanno_stage="${name}"\\} \\d+$`, 'm'))
    expect(text).toContain('fanno_stage_lag{fanno_stage="judge-response"} 0')
  })
})
