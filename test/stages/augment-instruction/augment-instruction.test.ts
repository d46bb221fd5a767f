import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../engine/declare/index.ts'
import { given } from '../../../engine/testing/stage-driver.ts'
import type { Draft } from '../../../schemas/types.ts'
import {
  type CounterexamplePool,
  counterexamplePool
} from '../../../services/augment-instruction/counterexample-pool.ts'
import { augmentInstruction } from '../../../services/augment-instruction/stage.ts'
import { seedBriefs } from '../../../services/topics.ts'
import { aDraft, aPair, aRepresentative, says } from '../../support/records/instructions.ts'
import { noLineage } from '../../support/records/passages.ts'

const settings = { minPool: 3 }

function aPool(size: number, fields: (i: number) => Parameters<typeof aPair>[1] = () => ({})): CounterexamplePool {
  const pool = counterexamplePool.create({} as never)
  for (let i = 0; i < size; i++) counterexamplePool.fold(pool, 'pairs', aPair(`pair-${i}`, fields(i)))
  return pool
}

const asked = (view: CounterexamplePool, id = 'representative-1', released = false) => {
  const said = given(augmentInstruction, aRepresentative({ id }), { settings, view, released }).whenAsked()
  if (!('ask' in said)) throw new Error(`asked nothing: ${JSON.stringify(said)}`)
  return said.ask.instruction
}
const shown = (view: CounterexamplePool, id?: string) => asked(view, id).counterexamples.map(({ key }) => key)

/** What the engine would commit for a representative that was shown these. */
const draftOf = (representative: string, counterexamples: readonly string[]): Draft =>
  aDraft('Invent a game.', {
    id: `draft of ${representative}`,
    origin: 'augmentation',
    cell: null,
    counterexamples,
    lineage: { ...noLineage, parentId: representative }
  })

describe('augment-instruction', () => {
  it('waits until the pool holds enough pairs, or the seeds have drained', () => {
    expect(augmentInstruction.defersUntilDrained).toBe(seedBriefs)
    const waiting = given(augmentInstruction, aRepresentative(), { settings, view: aPool(2) })
    expect(waiting.whenAsked()).toEqual({ deferred: 'pool-not-ready' })
    expect(asked(aPool(3)).counterexamples).toHaveLength(3)
  })

  it('waits for 60 pairs by default', () => {
    const with59 = given(augmentInstruction, aRepresentative(), { view: aPool(59) })
    const with60 = given(augmentInstruction, aRepresentative(), { view: aPool(60) })
    expect(with59.whenAsked()).toEqual({ deferred: 'pool-not-ready' })
    expect(with60.whenAsked()).toHaveProperty('ask')
  })

  it.each([0, 1, 2])('once released, uses the %i pairs that there are', size => {
    expect(asked(aPool(size), 'representative-1', true).counterexamples).toHaveLength(size)
  })

  it('shows counterexamples cut to 100 words, and leaves the pairs whole', () => {
    const long = Array.from({ length: 150 }, (_, i) => `word${i}`).join(' ')
    const { counterexamples } = asked(aPool(3, () => ({ instruction: long })))
    expect(counterexamples[0]!.delimited.split(' ')).toHaveLength(101)
    expect(counterexamples[0]!.delimited.endsWith('word99 …')).toBe(true)
  })

  it('draws the style at random, about as often one as the other', () => {
    const pool = aPool(60)
    const styles = Array.from({ length: 200 }, (_, i) => asked(pool, `r${i}`).styleName)
    const commands = styles.filter(style => style === 'command').length
    expect(commands).toBeGreaterThan(70)
    expect(commands).toBeLessThan(130)
  })

  it('emits a draft of the next round, with the ids of what was shown', () => {
    const view = aPool(3, i => ({ round: i }))
    const record = given(augmentInstruction, aRepresentative(), { settings, view })
    const outcome = record.whenAnswered({ instruction: says('Design a board game about salt.') })
    expect(outcome).toEqual({
      to: 'drafts',
      values: [
        {
          passageId: 'passage-1',
          passage: aRepresentative().passage,
          origin: 'augmentation',
          cell: null,
          counterexamples: shown(view),
          round: 3,
          style: asked(view).styleName,
          instruction: 'Design a board game about salt.'
        }
      ]
    })
  })

  it('is of round 1 without counterexamples', () => {
    const record = given(augmentInstruction, aRepresentative(), { view: aPool(0), released: true })
    expect(record.whenAnswered({ instruction: says('Design a game.') })).toMatchObject({
      values: [{ round: 1, counterexamples: [] }]
    })
  })

  it.each([
    ['Explain in your own words why ships float.', true],
    ['explain, in your OWN words: what is salt?', true],
    ['“Explain in your own words,” said the teacher. What did she want?', true],
    ['Explain in your view what makes wood float.', false],
    ['In your own words, explain what makes wood float.', false]
  ])('looks at the first four words: %s', (instruction, alike) => {
    const record = given(augmentInstruction, aRepresentative(), { settings, view: aPool(3) })
    const outcome = record.whenAnswered({ instruction: says(instruction) })
    if (alike) expect(outcome).toMatchObject({ rejected: 'opens-like-counterexample', evidence: expect.any(String) })
    else expect(outcome).toMatchObject({ to: 'drafts' })
  })

  it('compares shorter instructions as a whole', () => {
    const view = aPool(3, () => ({ instruction: 'Why?' }))
    const answer = (instruction: string) =>
      given(augmentInstruction, aRepresentative(), { settings, view }).whenAnswered({ instruction: says(instruction) })
    expect(answer('Why does salt keep food from spoiling?')).toMatchObject({ to: 'drafts' })
    expect(answer('why')).toMatchObject({ rejected: 'opens-like-counterexample' })
  })

  it('rejects empty answers and those that were cut off', () => {
    const record = given(augmentInstruction, aRepresentative(), { settings, view: aPool(3) })
    expect(record.whenAnswered({ instruction: says('""') })).toMatchObject({ rejected: 'empty' })
    expect(record.whenAnswered({ instruction: says('Desig', { finishReason: 'length' }) })).toMatchObject({
      rejected: 'cut-off'
    })
  })
})

describe('the pool of counterexamples', () => {
  it('counts a draw at once: the next records are shown others', () => {
    const pool = aPool(60)
    const seen = Array.from({ length: 20 }, (_, i) => shown(pool, `r${i}`)).flat()
    expect(new Set(seen).size).toBe(60)
  })

  it('shows all of 60 with 256 calls in flight, none more than 49 times in 600 draws', () => {
    const pool = aPool(60, i => ({ responseTokens: 20 + 13 * i }))
    const times = new Map<string, number>()
    for (let i = 0; i < 600; i++) for (const id of shown(pool, `r${i}`)) times.set(id, (times.get(id) ?? 0) + 1)
    expect(times.size).toBe(60)
    expect(Math.max(...times.values())).toBeLessThanOrEqual(49)
  })

  it('gives the same record the same draw again, counted once', () => {
    const pool = aPool(6)
    const first = shown(pool, 'r1')
    expect(shown(pool, 'r1')).toEqual(first)
    const others = shown(pool, 'r2')
    expect(new Set([...first, ...others]).size).toBe(6)
  })

  it('takes back what an aborted call was shown', () => {
    const pool = aPool(6)
    const first = shown(pool, 'r1')
    counterexamplePool.giveBack!(pool, 'r1')
    const untouched = aPool(6)
    expect(shown(pool, 'r2')).toEqual(shown(untouched, 'r2'))
    expect(shown(pool, 'r1')).not.toBe(first)
  })

  it('ignores the return of what was never taken', () => {
    const pool = aPool(6)
    counterexamplePool.giveBack!(pool, 'r1')
    expect(shown(pool, 'r2')).toEqual(shown(aPool(6), 'r2'))
  })

  it('does not count the draft of its own draw twice', () => {
    const pool = aPool(6)
    const first = shown(pool, 'r1')
    counterexamplePool.fold(pool, 'drafts', draftOf('r1', first))
    // Each of the next three draws takes what was shown least: in the end all six were shown twice.
    const counts = new Map(first.map(id => [id, 1]))
    for (let i = 2; i <= 4; i++) for (const id of shown(pool, `r${i}`)) counts.set(id, (counts.get(id) ?? 0) + 1)
    expect([...counts.values()]).toEqual([2, 2, 2, 2, 2, 2])
  })

  it('gives nothing back once the draft is on the log', () => {
    const pool = aPool(6)
    const first = shown(pool, 'r1')
    counterexamplePool.fold(pool, 'drafts', draftOf('r1', first))
    counterexamplePool.giveBack!(pool, 'r1')
    expect(new Set([...first, ...shown(pool, 'r2')]).size).toBe(6)
  })

  it('counts the drafts of other processes and of earlier runs', () => {
    const pool = aPool(6)
    counterexamplePool.fold(pool, 'drafts', draftOf('elsewhere', ['pair-0', 'pair-2', 'pair-4']))
    expect(shown(pool, 'r1').toSorted()).toEqual(['pair-1', 'pair-3', 'pair-5'])
  })

  it('comes out the same whichever topic is read first', () => {
    const drafts = [draftOf('a', ['pair-0', 'pair-1', 'pair-2']), draftOf('b', ['pair-1', 'pair-2', 'pair-3'])]
    const pairs = Array.from({ length: 80 }, (_, i) => aPair(`pair-${i}`, { responseTokens: 10 + i }))
    const fold = (first: 'drafts' | 'pairs') => {
      const pool = counterexamplePool.create({} as never)
      const records = [
        ...pairs.map(pair => ['pairs', pair] as const),
        ...drafts.map(draft => ['drafts', draft] as const)
      ]
      const order = first === 'pairs' ? records : records.toReversed()
      for (const [from, value] of order) counterexamplePool.fold(pool, from, value)
      return Array.from({ length: 30 }, (_, i) => pool.draw(`r${i}`, randomFrom(`r${i}`)).map(({ id }) => id))
    }
    expect(fold('drafts')).toEqual(fold('pairs'))
  })

  it('draws differently for different records, and alike for the same one in another process', () => {
    const draw = (id: string) => shown(aPool(80), id)
    expect(draw('r1')).toEqual(draw('r1'))
    expect(new Set(Array.from({ length: 20 }, (_, i) => draw(`r${i}`).join())).size).toBeGreaterThan(5)
  })

  it('takes no notice of seed drafts', () => {
    const pool = aPool(6)
    counterexamplePool.fold(pool, 'drafts', aDraft('Explain salt.'))
    expect(shown(pool, 'r1')).toEqual(shown(aPool(6), 'r1'))
  })
})
