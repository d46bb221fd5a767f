import { afterAll, expect, it, vi } from 'vitest'
import { type Call, startRehearsalModel } from '../../../services/rehearsal-model/index.ts'
import { clusterUser, readmes, terminated } from '../../support/kafka/cluster.ts'

const stage = 'screen-passage'
const question = ({ record, prompt, ask }: Call): string => [record, prompt, ask].join()

/**
 * A stage is scaled from one process to four and back under load, by SIGTERM: nobody is killed. Each new process moves
 * partitions whose calls are in flight; a call that was answered for one owner was made again by the next.
 */
it('scaling a stage up and down repeats no answered call', async () => {
  // Of the two questions about a record one is answered at once, the other late: a rebalance finds many half answered.
  const model = await startRehearsalModel({
    mishaps: 0,
    slots: 64,
    faults: [{ when: { stage, prompt: 'passage-quality' }, do: 'hang', hangMs: 2_000 }]
  })
  afterAll(() => model.close())
  const user = await clusterUser({
    OPENAI_BASE_URL: model.url,
    FANNO_PARTITIONS: '6',
    FANNO_TEACHER_MAX_IN_FLIGHT: '24'
  })
  for (const sets of [
    ['topics', 'apply'],
    ['schemas', 'register'],
    ['ingest', ...readmes(user, 60)]
  ])
    expect(await user.run(sets)).toMatchObject({ code: 0 })
  const cutting = user.start(['start', 'segment-document', '--set', 'targetTokens=128'])
  const asked = () => model.calls().filter(call => call.stage === stage)
  const start = () => user.start(['start', stage])
  const reaches = (calls: number) => vi.waitUntil(() => asked().length >= calls, { timeout: 60_000, interval: 50 })

  const first = start()
  await reaches(10)
  const more = [start(), start(), start()]
  // All four work: the last has joined.
  await Promise.all(more.map(({ says }) => says('is running')))
  await reaches(asked().length + 60)
  expect(await terminated(more[0]!)).toEqual([143])
  await reaches(asked().length + 30)
  expect(await terminated(more[1]!, more[2]!)).toEqual([143, 143])

  const waiting = async () => {
    const { stages } = await user.json<{ stages: { stage: string; waiting: number }[] }>(['status'])
    return stages
      .filter(each => ['segment-document', stage].includes(each.stage))
      .reduce((sum, each) => sum + each.waiting, 0)
  }
  await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 90_000, interval: 1_000 })
  expect(await terminated(first, cutting)).toEqual([143, 143])

  const counts = Map.groupBy(asked(), question)
  expect(counts.size).toBeGreaterThan(300)
  expect([...counts.values()].filter(calls => calls.length > 1).map(([call]) => question(call!))).toEqual([])
  expect(await user.run(['verify'])).toMatchObject({ code: 0 })
}, 240_000)
