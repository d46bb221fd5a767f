import { globSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { DeadLetter, Rejection } from '../../engine/schemas/types.ts'
import type { Fault } from '../../services/rehearsal-model/index.ts'
import { poll, startWhole, type WholePipeline } from '../support/whole-pipeline.ts'

const root = new URL('../..', import.meta.url).pathname
const readmes = globSync('node_modules/{commander,zod,avsc,liquidjs,undici,yaml,piscina}/README.md', { cwd: root })
  .sort()
  .map(file => ({ givenId: file, mediaType: 'text/markdown', content: readFileSync(`${root}/${file}`) }))

let whole: WholePipeline | undefined
afterEach(async () => {
  await whole?.close()
  whole = undefined
})

const deadLetters = (pipeline: WholePipeline) => pipeline.values<DeadLetter>('dead-letters', 'dead-letter')

async function expectBalanced(pipeline: WholePipeline): Promise<void> {
  expect((await pipeline.verify()).violations).toEqual([])
  const first = (await pipeline.pipeline.progress())[0]!
  expect(first.emitted + first.rejected + first.deadLettered).toBe(readmes.length)
}

/** Faults of a server that has nothing to do with the records: each strikes one call in so many. */
const weather: Fault[] = [
  { do: '429', when: { everyNth: 23 } },
  { do: '429', when: { everyNth: 29 }, retryAfterSeconds: 0.01 },
  { do: '503', when: { everyNth: 31 } },
  { do: '500', when: { everyNth: 37 } },
  { do: 'reset', when: { everyNth: 41 } },
  { do: 'cut-body', when: { everyNth: 43 } },
  { do: 'truncated-json', when: { everyNth: 47 } },
  { do: 'empty', when: { everyNth: 53 } },
  { do: 'html', when: { everyNth: 59 } },
  { do: 'abort', when: { everyNth: 61, path: 'chat' } },
  { do: 'no-choices', when: { everyNth: 67, path: 'chat' } },
  { do: 'slow-bytes', when: { afterCalls: 50, forCalls: 2 }, byteMs: 0.1 }
]

describe('a model server in bad weather', () => {
  it('costs no record: none is dead-lettered, all are accounted for', async () => {
    whole = await startWhole({ model: { faults: weather } })
    await whole.give(...readmes)
    await whole.drained()
    expect(whole.model.stats().faults).toBeGreaterThan(30)
    expect(await deadLetters(whole)).toEqual([])
    await expectBalanced(whole)
    expect((await whole.values('pairs', 'pair')).length).toBeGreaterThan(10)
  })

  it('is waited for when it is down, and the pipeline resumes by itself', async () => {
    whole = await startWhole()
    const { model, pipeline, notices } = whole
    await whole.give(...readmes.slice(0, 3))
    await poll(async () => (await pipeline.progress()).some(({ outputs }) => outputs > 20))
    await model.outage()
    await whole.give(...readmes.slice(3))
    await poll(() => notices.some(text => text.includes('waiting')))
    const before = model.stats().answered
    expect(await pipeline.drained()).toBe(false)
    await model.recover()
    await whole.drained()
    expect(model.stats().answered).toBeGreaterThan(before)
    expect(notices.some(text => text.includes('answers again'))).toBe(true)
    expect(await deadLetters(whole)).toEqual([])
    await expectBalanced(whole)
  })

  it('that wedges one request of a record holds back no other, and that record is blamed alone', async () => {
    whole = await startWhole({
      model: { faults: [{ do: 'hang', when: { stage: 'respond-instruction', share: 0.1 } }] },
      deadlineMs: 1_000
    })
    await whole.give(...readmes)
    await whole.drained()
    const letters = await deadLetters(whole)
    expect(letters.length).toBeGreaterThan(0)
    expect(new Set(letters.map(({ stage, code }) => `${stage} ${code}`))).toEqual(
      new Set(['respond-instruction record-terminal'])
    )
    await expectBalanced(whole)
  })
})

describe('a model that answers badly', () => {
  it.each([
    [
      'gives none of the digits, however it is asked',
      [
        { do: 'wrong-schema', when: { prompt: 'passage-quality', ask: 3, share: 0.3 } },
        { do: 'no-candidates', when: { prompt: 'passage-quality', share: 0.3 } }
      ],
      'screen-passage'
    ],
    [
      'writes white space for ever',
      [{ do: 'whitespace', when: { prompt: 'seed-instruction', share: 0.3 } }],
      'seed-instruction'
    ],
    ['gives no choices', [{ do: 'no-choices', when: { prompt: 'vet-safe', share: 0.3 } }], 'vet-draft']
  ] as [string, Fault[], string][])('%s: the record is rejected, with what was said', async (_what, faults, stage) => {
    whole = await startWhole({ model: { faults, mishaps: 0 } })
    await whole.give(...readmes.slice(0, 4))
    await whole.drained()
    const rejections = (await whole.values<Rejection>('rejections', 'rejection')).filter(
      rejection => rejection.stage === stage && rejection.reason === 'unusable-answer'
    )
    expect(rejections.length).toBeGreaterThan(0)
    expect(rejections.every(({ evidence }) => evidence !== null && evidence.length > 0)).toBe(true)
    expect(await deadLetters(whole)).toEqual([])
    expect((await whole.verify()).violations).toEqual([])
  })

  it('refuses the key: the pipeline halts with a clear message, and dead-letters nothing', async () => {
    whole = await startWhole({ model: { faults: [{ do: '401', when: { afterCalls: 50 } }] } })
    await whole.give(...readmes)
    const halt = await whole.pipeline.halted
    expect([halt.code, halt.exitCode]).toEqual(['not-authorised', 77])
    expect(halt.message).toMatch(/OPENAI_API_KEY/)
    expect(await deadLetters(whole)).toEqual([])
  })
})
