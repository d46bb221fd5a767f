import { beforeAll, describe, expect, it } from 'vitest'
import type { Summary } from '../../../services/cli/display/summary.ts'
import { type CatRecord, type ClusterUser, clusterUser, readmes } from '../../support/kafka/cluster.ts'

interface Found {
  readonly summary: Summary
  readonly passages: readonly string[]
  readonly screened: readonly string[]
  readonly verified: number | null
}

describe('fanno run over the same documents, on the embedded log and on Kafka', () => {
  let user: ClusterUser
  const found = {} as Record<'embedded' | 'kafka', Found>
  beforeAll(async () => {
    user = await clusterUser()
    for (const log of ['embedded', 'kafka'] as const) found[log] = await runOn(user, log)
  }, 240_000)

  it('cuts the same passages, by id and by text, and screens the same of them', () => {
    const { embedded, kafka } = found
    expect(embedded.passages.length).toBeGreaterThan(20)
    expect(kafka.passages).toEqual(embedded.passages)
    expect(embedded.screened.length).toBeGreaterThan(10)
    expect(kafka.screened).toEqual(embedded.screened)
  })

  it('leaves a log that balances, and about as many pairs', () => {
    console.log(
      `pairs: ${found.embedded.summary.records.pairs} on the embedded log, ${found.kafka.summary.records.pairs} on Kafka`
    )
    expect([found.embedded.verified, found.kafka.verified]).toEqual([0, 0])
    const [embedded, kafka] = [found.embedded.summary.records.pairs!, found.kafka.summary.records.pairs!]
    // Of fewer, 5 % would be a matter of luck.
    expect(embedded).toBeGreaterThan(400)
    // In which order passages come decides who represents a community, and which drafts counterexamples are drawn from.
    expect(Math.abs(kafka - embedded)).toBeLessThanOrEqual(0.05 * embedded)
  })
})

async function runOn(user: ClusterUser, log: 'embedded' | 'kafka'): Promise<Found> {
  const on = { FANNO_LOG: log }
  const run = await user.run(['run', ...readmes(user, 15), '--out', log, '--json'], on)
  if (run.code !== 0) throw new Error(run.stderr)
  const passagesOf = async (records: string) => {
    const { stdout } = await user.run(['cat', records, '--json'], on)
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as CatRecord<{ id: string; passage: { text: string } }>).value)
      .map(({ id, passage }) => `${id} ${passage.text}`)
      .sort()
  }
  return {
    summary: JSON.parse(run.stdout),
    passages: await passagesOf('passages'),
    screened: await passagesOf('screened-passages'),
    verified: (await user.run(['verify'], on)).code
  }
}
