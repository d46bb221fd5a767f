import { describe, expect, it } from 'vitest'
import { type AnyStage, embedding } from '../../../../engine/declare/index.ts'
import { LogError } from '../../../../engine/log/errors.ts'
import { canonicalJson, type StageConfiguration } from '../../../../engine/runtime/ground/configuration.ts'
import { refuseChanges } from '../../../../engine/runtime/process/configuration-change.ts'
import { runtimeBed } from '../../../support/runtime/runtime-bed.ts'
import { judgeText, numberText } from '../../../support/runtime/text-stages.ts'

const configured = (hash: string, value: object): StageConfiguration => ({ hash, canonical: canonicalJson(value) })
const old = configured('old', { settings: { least: 0.5 } })
const now = configured('now', { settings: { least: 0.7 } })

/** Stages that last committed under these hashes, each in the one partition of its input. */
async function started(committed: ReadonlyMap<AnyStage, string>, known: readonly StageConfiguration[] = [old]) {
  const { log, codec } = await runtimeBed(judgeText())
  const topic = 'p.configurations.v1'
  for (const { hash, canonical } of known) {
    const value = codec.encode(topic, { hash, canonical, stage: 'judge-text', partition: 0 })
    log.append([{ topic, partition: 0, key: Buffer.from(hash), value, headers: {} }])
  }
  for (const [{ name }, metadata] of committed)
    log.setCommit(`p.${name}`, 'p.texts.v1', 0, {
      offset: 3,
      metadata: metadata.includes(' ') ? metadata : `1 ${metadata} `
    })
  const refusing = (configurations: readonly (readonly [AnyStage, StageConfiguration])[], accept = false) =>
    refuseChanges({ driver: log.driver, codec, pipeline: 'p', configurations: new Map(configurations), accept })
  return { log, refusing }
}

describe('a start', () => {
  const judging = judgeText()
  const numbering = numberText()

  it('passes where nothing was committed yet, or all under the same configuration', async () => {
    const { refusing, log } = await started(new Map([[judging, 'now']]))
    log.driver.read = () => {
      throw new Error('nobody needs to know more')
    }
    await refusing([
      [judging, now],
      [numbering, now]
    ])
  })

  it('names every difference of every stage at once', async () => {
    const { refusing } = await started(
      new Map<AnyStage, string>([
        [judging, 'old'],
        [numbering, 'old']
      ])
    )
    const refused = refusing([
      [judging, now],
      [numbering, now]
    ])
    await expect(refused).rejects.toMatchObject({ name: 'ConfigurationChanged', isAcceptable: true })
    await expect(refused).rejects.toThrow(
      /judge-text: settings\.least was 0\.5, is 0\.7\n.*number-text: settings\.least was 0\.5, is 0\.7/
    )
  })

  it('goes by the hash alone where nobody wrote down what it stood for', async () => {
    const { refusing } = await started(new Map([[judging, 'lost']]))
    await expect(refusing([[judging, now]])).rejects.toMatchObject({
      changes: [{ stage: 'judge-text', differences: [{ path: 'hash', was: 'lost', is: 'now' }], acceptable: true }]
    })
  })

  it('passes with a change that is accepted', async () => {
    const { refusing } = await started(new Map([[judging, 'old']]))
    await refusing([[judging, now]], true)
  })

  it('is refused in spite of acceptance for what no one may accept, and names that alone', async () => {
    const remembering = numberText({ asks: { vector: embedding('embedder') } })
    const was = configured('was', { asks: { vector: { model: 'small' } } })
    const is = configured('is', { asks: { vector: { model: 'large' } } })
    const { refusing } = await started(
      new Map<AnyStage, string>([
        [judging, 'old'],
        [remembering, 'was']
      ]),
      [old, was]
    )
    const both = [[judging, now] as const, [remembering, is] as const]
    await expect(refusing(both, true)).rejects.toMatchObject({
      isAcceptable: false,
      changes: [{ stage: 'number-text', differences: [{ path: 'asks.vector.model' }] }]
    })
  })

  it('halts where another program wrote the position', async () => {
    const { refusing } = await started(new Map([[judging, 'reset by a tool']]))
    await expect(refusing([[judging, now]], true)).rejects.toMatchObject({
      code: 'position-overwritten',
      stage: 'judge-text'
    })
  })

  it('is left to whoever waits for the log while that is away', async () => {
    const { refusing, log } = await started(new Map())
    log.driver.committed = () => Promise.reject(new LogError('unavailable', 'no broker'))
    await expect(refusing([[judging, now]])).rejects.toMatchObject({ code: 'unavailable' })
  })
})
