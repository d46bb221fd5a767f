import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type AnyPlainStage,
  decidesInOrder,
  defineTopic,
  defineView,
  topicName
} from '../../../engine/declare/index.ts'
import { given } from '../../../engine/testing/stage-driver.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'
import { aPassage, aScreenedPassage } from '../../support/records/passages.ts'
import { atDegrees } from '../../support/records/vectors.ts'
import * as negative from './contract-types.negative.ts'

const record = aPassage('p1', 'Sand moves with the water.')
const quality = { probability: 1, evidence: 'log-probabilities' as const }

/** What a faulty declaration does when the type checker was silenced. */
const running = (stage: unknown) => given(stage as typeof negative.sound, record)

describe('what the types forbid', () => {
  it('is found by the type checker, and nothing else is: the sound declarations run', () => {
    expect(given(negative.sound, record).whenAnswered({ quality })).toMatchObject({ to: 'screened' })
    const inOrder = given(negative.soundInOrder, aScreenedPassage('s1', 'Sand.')).whenAnswered({ vector: atDegrees(0) })
    expect(inOrder).toMatchObject({ outcome: { to: 'screened' }, decision: { recordId: 's1' } })
  })

  it.each<[string, unknown, RegExp]>([
    ['undeclaredOutlet', negative.undeclaredOutlet, /emitted to elsewhere/],
    ['wrongValue', negative.wrongValue, /quality is 'high'/],
    ['missingField', negative.missingField, /advertisement/],
    ['emptyEmission', negative.emptyEmission, /emitted nothing/],
    ['noOutcome', negative.noOutcome, /undefined/],
    ['undeclaredReason', negative.undeclaredReason, /rejected for mood/],
    ['undeclaredReasonBeside', negative.undeclaredReasonBeside, /rejected for mood/],
    ['undeclaredReasonAtOnce', negative.undeclaredReasonAtOnce, /rejected for mood/],
    ['missingVariable', negative.missingVariable, /hint/],
    ['bareText', negative.bareText, /passage/],
    ['missingQuestion', negative.missingQuestion, /did not ask quality/]
  ])('is caught at run time where a cast lets it through: %s', (_name, stage, message) => {
    expect(() => running(stage).whenAnswered({ quality })).toThrow(message)
  })

  it('is caught at run time in decision stages too', () => {
    const answered = (stage: unknown) => () =>
      given(stage as typeof negative.soundInOrder, aScreenedPassage('s1', 'Sand.')).whenAnswered({
        vector: atDegrees(0)
      })
    expect(answered(negative.undeclaredReasonInOrder)).toThrow(/mood/)
    expect(answered(negative.emptyEmissionInOrder)).toThrow(/emitted nothing/)
    expect(answered(negative.wrongDecision)).toThrow(/number is 'three'/)
    expect(answered(negative.bareOutcome)).toThrow()
    expect(answered(negative.deferringInOrder)).toThrow(/defersUntilDrained/)
  })

  it('includes the envelope of a decision: what a stage says of it is overwritten', () => {
    const stage = negative.forgedEnvelope as unknown as typeof negative.soundInOrder
    const { decision } = given(stage, aScreenedPassage('s1', 'Sand.')).whenAnswered({ vector: atDegrees(0) })
    expect(decision.recordId).toBe('s1')
  })
})

describe('declarations', () => {
  it('are frozen', () => {
    expect(() => Object.assign(negative.sound, { name: 'other-name' })).toThrow(TypeError)
    expect(() => Object.assign(negative.soundInOrder, { name: 'other-name' })).toThrow(TypeError)
    expect(() => Object.assign(negative.passages, { records: 'others' })).toThrow(TypeError)
  })

  it('tell stages that decide in order from the others', () => {
    expect(decidesInOrder(negative.sound as AnyPlainStage)).toBe(false)
    expect(decidesInOrder(negative.soundInOrder)).toBe(true)
  })

  it('of topics have a key, the id unless declared, and a version in the name', () => {
    const topic = defineTopic<{ readonly id: string; readonly hash: string }>({
      records: 'words',
      schema: schemaOf('word')
    })
    expect(topic.key({ id: 'a', hash: 'h' })).toBe('a')
    expect(topic).toMatchObject({ version: 1, partitions: 'many', audience: 'public' })
    expect(topicName('fanno', topic)).toBe('fanno.words.v1')
    const keyed = defineTopic<{ readonly id: string; readonly hash: string }>({
      records: 'words',
      schema: schemaOf('word'),
      version: 2,
      key: ({ hash }) => hash
    })
    expect([keyed.key({ id: 'a', hash: 'h' }), keyed.id({ id: 'a', hash: 'h' })]).toEqual(['h', 'a'])
    expect(topicName('trial', keyed)).toBe('trial.words.v2')
  })

  it('of views fold each topic by its own function', () => {
    const view = defineView({
      name: 'counts',
      reads: { passages: negative.passages, screened: negative.screened },
      create: (settings: { readonly from: number }) => ({ passages: settings.from, quality: 0 }),
      folds: {
        passages: state => {
          state.passages++
        },
        screened: (state, { quality }) => {
          state.quality += quality
        }
      }
    })
    const state = view.create({ from: 5 })
    view.fold(state, 'passages', record)
    view.fold(state, 'screened', aScreenedPassage('s1', 'Sand.'))
    expect(state).toEqual({ passages: 6, quality: 0.9 })
  })

  it('of settings carry a default for each field', () => {
    expect(negative.sound.settings.parse({})).toEqual({ minQuality: 0.5 })
    expect(Object.values(negative.sound.settings.shape).every(field => field instanceof z.ZodDefault)).toBe(true)
  })
})
