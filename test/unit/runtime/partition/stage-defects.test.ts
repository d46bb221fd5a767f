import { describe, expect, it } from 'vitest'
import { recordBytes } from '../../../../engine/log/port.ts'
import type { DeadLetter } from '../../../../engine/schemas/types.ts'
import { imbalances } from '../../../support/simulated/log-balance.ts'
import {
  beginningWith,
  contentAnswer,
  haltOf,
  pipeline,
  produceSources,
  startSmall
} from '../../../support/simulated/small-run.ts'
import { smallTopology } from '../../../support/simulated/small-topology.ts'

describe('a defect of a stage dead-letters its record', () => {
  it.each([
    ['that emits nothing and gives no reason', { asks: {}, question: () => ({ to: 'middle', values: [] }) }],
    ['that leaves out a question', { question: () => ({ ask: {} }) }],
    ['that defers though it declares nothing to wait for', { question: () => ({ deferred: 'some day' }) }],
    [
      'whose key of repeats throws',
      {
        repeats: {
          as: 'duplicate',
          by: () => {
            throw new Error('no key')
          }
        }
      }
    ]
  ])('%s', async (_, change) => {
    const run = await startSmall({ answer: contentAnswer, topology: beginningWith(change) })
    const halt = haltOf(run)
    await produceSources(run.store, ['a'])
    await run.until(async () => halt.text !== '' || run.pipeline.drained())
    expect(halt.text).toBe('')
    expect((await run.values<DeadLetter>('dead-letters', 'dead-letter')).map(({ code }) => code)).toEqual([
      'stage-defect'
    ])
    expect(imbalances(run.store, smallTopology, pipeline)).toEqual([])
  })
})

describe('a dead letter', () => {
  it('stays within what the log takes, whatever the headers of its record', async () => {
    const run = await startSmall({ answer: contentAnswer })
    const halt = haltOf(run)
    const headers = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [`${index}`.padEnd(128, '漢'), '漢'.repeat(512)])
    )
    const key = Buffer.from('k'.repeat(4_096))
    const value = Buffer.from('v'.repeat(34_400))
    run.store.append([{ topic: `${pipeline}.sources.v1`, partition: 0, key, value, headers }])
    await run.until(async () => halt.text !== '' || run.pipeline.drained())
    expect(halt.text).toBe('')
    const sizes = [0, 1].flatMap(partition =>
      run.store.records(`${pipeline}.dead-letters.v1`, partition).map(recordBytes)
    )
    expect(sizes.length).toBe(1)
    expect(sizes[0]).toBeLessThanOrEqual(100_000)
  })
})
