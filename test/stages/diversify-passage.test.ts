import { describe, expect, it } from 'vitest'
import type { Embedding } from '../../engine/declare/index.ts'
import { avroType } from '../../engine/schemas/avro-type.ts'
import { given } from '../../engine/testing/stage-driver.ts'
import type { Decision, TagCell } from '../../schemas/types.ts'
import { type Communities, fold, noCommunities } from '../../services/diversify-passage/communities.ts'
import { diversifyPassage } from '../../services/diversify-passage/stage.ts'
import { cellPermutation, tagGrid } from '../../services/tag-grid.ts'
import { aScreenedPassage } from '../support/records/passages.ts'
import { atDegrees, randomVector } from '../support/records/vectors.ts'
import { schemaNamed } from '../support/schemas.ts'

type Settings = Partial<Parameters<typeof diversifyPassage.createView>[0]>

/** A run of the stage: passages go by in order, each decision is folded into one view. */
function aRun(settings: Settings = {}, view: Communities = noCommunities()) {
  const decisions: Decision[] = []
  const next = (id: string, vector: Embedding) => {
    const circumstances = { settings, view, offset: decisions.length }
    const verdict = given(diversifyPassage, aScreenedPassage(id, `Text of ${id}.`), circumstances).whenAnswered({
      vector
    })
    decisions.push(verdict.decision)
    return verdict
  }
  return { view, decisions, next }
}

/** 45 degrees are just within 0.7, 46 just outside. */
const near = 40
const far = 60

describe('diversify-passage', () => {
  it('asks for the embedding of the passage', () => {
    expect(given(diversifyPassage, aScreenedPassage('a', 'Sand moves.')).whenAsked()).toEqual({
      ask: { vector: { text: 'Sand moves.' } }
    })
  })

  it('makes the first passage a representative, and one that resembles it a member of its community', () => {
    const run = aRun({ seedPassages: 0 })
    expect(run.next('a', atDegrees(0)).outcome).toMatchObject({
      to: 'representatives',
      values: [{ passageId: 'passage of a', number: 1, passage: { text: 'Text of a.' } }]
    })
    const { outcome, decision } = run.next('b', atDegrees(near))
    expect(outcome).toMatchObject({ rejected: 'community-member', evidence: 'a' })
    expect(decision).toMatchObject({ verdict: 'rejected', reason: 'community-member', number: 0, nearestId: 'a' })
    expect('score' in outcome && outcome.score).toBeCloseTo(Math.cos((near * Math.PI) / 180), 1)
    expect(decision.similarity).toBe('score' in outcome && outcome.score)
  })

  it('founds a community for a passage that resembles none, and numbers the representatives', () => {
    const run = aRun({ seedPassages: 0 })
    run.next('a', atDegrees(0))
    const { outcome, decision } = run.next('b', atDegrees(far))
    expect(outcome).toMatchObject({ to: 'representatives', values: [{ number: 2 }] })
    expect(decision).toMatchObject({ number: 2, nearestId: null })
    expect(decision.similarity).toBeCloseTo(0.5, 1)
  })

  it('joins the nearest community, not the first that is near enough', () => {
    const run = aRun()
    run.next('a', atDegrees(0))
    run.next('b', atDegrees(far))
    expect(run.next('c', atDegrees(far - 20)).outcome).toMatchObject({ evidence: 'b' })
  })

  it('joins at exactly the similarity that is set', () => {
    const run = aRun({ similarity: 1 })
    run.next('a', { values: Int8Array.of(127, 0), scale: 1 / 127, embedder: 'e' })
    expect(run.next('b', { values: Int8Array.of(127, 0), scale: 1 / 127, embedder: 'e' }).outcome).toMatchObject({
      rejected: 'community-member',
      score: 1
    })
    expect(run.next('c', { values: Int8Array.of(126, 1), scale: 1 / 127, embedder: 'e' }).outcome).toHaveProperty('to')
  })

  it('keeps the quantised vector and its embedder on record, whatever the verdict', () => {
    const run = aRun()
    const vectors = [atDegrees(0), atDegrees(near)]
    vectors.forEach((vector, index) => {
      const { decision } = run.next(`p${index}`, vector)
      expect([...new Int8Array(decision.embedding)]).toEqual([...vector.values])
      expect(decision).toMatchObject({ scale: vector.scale, embedder: 'test-embedder' })
    })
  })

  it('treats a vector of another embedder as a defect', () => {
    const run = aRun()
    run.next('a', atDegrees(0))
    expect(() => run.next('b', atDegrees(0, 'another'))).toThrow(/another cannot be compared/)
  })

  it.each<[Settings, string]>([
    [{ minCommunitySize: 3 as 2 }, 'a community size it has no rule for'],
    [{ cellsPerSeed: 97 }, 'more cells than the grid has'],
    [{ cellsPerSeed: 0 }, 'a seed without cells'],
    [{ similarity: 0 }, 'a similarity that joins everything']
  ])('refuses %j: %s', settings => {
    expect(() => aRun(settings).next('a', atDegrees(0))).toThrow()
  })
})

describe('the seeds of diversify-passage', () => {
  /** Vectors at right angles: every passage is a representative. */
  const founding = (run: ReturnType<typeof aRun>, count: number) =>
    Array.from({ length: count }, (_, n) => {
      const values = new Int8Array(64)
      values[n] = 127
      return run.next(`p${n + 1}`, { values, scale: 1 / 127, embedder: 'e' })
    })

  it('are the first representatives, then each so-manieth', () => {
    const verdicts = founding(aRun({ seedPassages: 3, seedEvery: 5, cellsPerSeed: 1 }), 20)
    const seeds = verdicts.flatMap(({ outcome, decision }) =>
      'to' in outcome && outcome.to === 'seeds' ? [decision.number] : []
    )
    expect(seeds).toEqual([1, 2, 3, 8, 13, 18])
  })

  it('are numbers 1 to 10, 60, 110 by default', () => {
    const verdicts = founding(aRun({ cellsPerSeed: 1 }), 61)
    const seeds = verdicts.flatMap(({ outcome, decision }) =>
      'to' in outcome && outcome.to === 'seeds' ? [decision.number] : []
    )
    expect(seeds).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 60])
  })

  it('get one brief for each cell, all 96 by default', () => {
    const [verdict] = founding(aRun(), 1)
    if (!('to' in verdict!.outcome)) throw new Error('rejected')
    const { to, values } = verdict!.outcome
    expect(to).toBe('seeds')
    expect(values).toHaveLength(96)
    expect(new Set(values.map(value => 'cell' in value && value.cell.index)).size).toBe(96)
    expect(values[0]).toMatchObject({ passageId: 'passage of p1', number: 1, passage: { text: 'Text of p1.' } })
  })

  it('go on in the permutation where the last seed stopped, around its end', () => {
    const run = aRun({ seedPassages: 5, cellsPerSeed: 40 })
    const issued = founding(run, 5).flatMap(({ outcome }) => ('to' in outcome ? outcome.values : []))
    const cells = issued.map(value => ('cell' in value ? (value.cell as TagCell).index : -1))
    expect(cells).toEqual(Array.from({ length: 200 }, (_, place) => cellPermutation[place % 96]))
    expect(run.decisions.map(({ firstCell, cells }) => [firstCell, cells])).toEqual([
      [0, 40],
      [40, 40],
      [80, 40],
      [24, 40],
      [64, 40]
    ])
  })
})

describe('diversify-passage with communities of at least two', () => {
  const paper = { minCommunitySize: 2, seedPassages: 0 } as const

  it('rejects the founder, and makes the first to join it the representative', () => {
    const run = aRun(paper)
    expect(run.next('a', atDegrees(0)).outcome).toMatchObject({ rejected: 'singleton' })
    expect(run.next('b', atDegrees(near)).outcome).toMatchObject({ to: 'representatives', values: [{ number: 1 }] })
    expect(run.next('c', atDegrees(-near)).outcome).toMatchObject({ rejected: 'community-member', evidence: 'b' })
  })

  it('measures to the founder, not to the representative', () => {
    const run = aRun(paper)
    run.next('a', atDegrees(0))
    run.next('b', atDegrees(near))
    expect(run.next('c', atDegrees(near + 20)).outcome).toMatchObject({ rejected: 'singleton' })
  })

  it('keeps the communities apart', () => {
    const run = aRun(paper)
    run.next('a', atDegrees(0))
    run.next('b', atDegrees(90))
    expect(run.next('c', atDegrees(100)).outcome).toMatchObject({ to: 'representatives' })
    expect(run.next('d', atDegrees(10)).outcome).toMatchObject({ to: 'representatives', values: [{ number: 2 }] })
  })

  it('gives a founder without a follower its representative even after the size was set to 1', () => {
    const before = aRun(paper)
    before.next('a', atDegrees(0))
    const after = aRun({ seedPassages: 0 }, before.view)
    expect(after.next('b', atDegrees(90)).outcome).toMatchObject({ to: 'representatives', values: [{ number: 1 }] })
    expect(after.next('c', atDegrees(near)).outcome).toMatchObject({ to: 'representatives', values: [{ number: 2 }] })
    expect(after.next('d', atDegrees(5)).outcome).toMatchObject({ rejected: 'community-member', evidence: 'c' })
  })
})

describe('the view of diversify-passage', () => {
  const blank = avroType(schemaNamed('decision'))
  const decided = (fields: Partial<Decision>): Decision =>
    blank.fromBuffer(
      blank.toBuffer({ id: 'd', recordId: 'r', inputPartition: 0, inputOffset: 0, ...fields })
    ) as Decision

  it.each([1, 2] as const)('is rebuilt from the decisions alone (communities of at least %d)', minCommunitySize => {
    const settings = { minCommunitySize, seedPassages: 4, seedEvery: 7, cellsPerSeed: 12, similarity: 0.5 }
    const live = aRun(settings)
    for (let n = 0; n < 150; n++) live.next(`p${n}`, randomVector(`vector ${n}`, 5))
    const rebuilt = noCommunities()
    for (const decision of live.decisions) diversifyPassage.fold(rebuilt, decision)
    expect(rebuilt.count).toBe(live.view.count)
    expect(rebuilt.count).toBeGreaterThan(4)
    expect(rebuilt.nextCell).toBe(live.view.nextCell)
    expect(rebuilt.representatives).toEqual(live.view.representatives)
    const successor = aRun(settings, rebuilt)
    for (let n = 150; n < 250; n++) {
      const vector = randomVector(`vector ${n}`, 5)
      expect(successor.next(`p${n}`, vector).outcome).toEqual(live.next(`p${n}`, vector).outcome)
    }
  })

  it('is not moved by a record that was dead-lettered, or rejected without an embedding', () => {
    const view = noCommunities()
    fold(view, decided({ verdict: 'dead-lettered', reason: 'stage-defect' }))
    fold(view, decided({ verdict: 'rejected', reason: 'unusable-answer' }))
    expect({ ...view, founders: view.founders.size }).toEqual({ ...noCommunities(), founders: 0 })
  })

  it('refuses a log in which a community has no vector', () => {
    expect(() => fold(noCommunities(), decided({ verdict: 'emitted', number: 1 }))).toThrow(/holds no embedding/)
  })
})

describe('the tag grid', () => {
  it('has 96 cells: 4 characters, 12 task types, 2 styles', () => {
    expect(tagGrid.map(({ index }) => index)).toEqual(Array.from({ length: 96 }, (_, index) => index))
    const cells = tagGrid.map(({ character, taskType, style }) => `${character}/${taskType}/${style}`)
    expect(new Set(cells).size).toBe(96)
    const counts = (['character', 'taskType', 'style'] as const).map(
      tag => new Set(tagGrid.map(cell => cell[tag])).size
    )
    expect(counts).toEqual([4, 12, 2])
    expect(new Set(tagGrid.map(({ style }) => style))).toEqual(new Set(['command', 'question']))
  })

  it('is walked in a permutation of which any twelve places are balanced', () => {
    expect(new Set(cellPermutation).size).toBe(96)
    for (let start = 0; start < 96; start++) {
      const window = Array.from({ length: 12 }, (_, step) => tagGrid[cellPermutation[(start + step) % 96]!]!)
      expect(new Set(window.map(cell => cell.taskType)).size).toBe(12)
      const questions = window.filter(cell => cell.style === 'question').length
      expect([5, 6, 7]).toContain(questions)
      for (const character of new Set(tagGrid.map(cell => cell.character)))
        expect([2, 3, 4]).toContain(window.filter(cell => cell.character === character).length)
    }
  })
})
