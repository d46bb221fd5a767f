import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { embedding } from '../../../../engine/declare/index.ts'
import {
  canonicalJson,
  configurationOf,
  differences,
  isAcceptable
} from '../../../../engine/runtime/ground/configuration.ts'
import { heldInference } from '../../../support/runtime/held-inference.ts'
import { judgeText, numberText } from '../../../support/runtime/text-stages.ts'

const model = heldInference()

describe('a configuration as text', () => {
  it('is the same whatever the order of its keys, and says the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed())
        expect(canonicalJson(reversed)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      })
    )
  })

  it('keeps the order of lists, and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [2, 1], a: undefined })).toBe('{"b":[2,1]}')
    expect(canonicalJson([undefined])).toBe('[null]')
  })
})

describe('the hash of a configuration', () => {
  const hashOf = (change: object = {}, settings: unknown = { least: 0.5 }, inference = model) =>
    configurationOf(judgeText(change), settings, inference).hash

  it('is another for other settings, another stage and another model, and else the same', () => {
    const another = { ...heldInference(), describe: () => ({ model: 'another' }) }
    const hashes = [
      hashOf(),
      hashOf({ name: 'judge-twice' }),
      hashOf({}, { least: 0.4 }),
      hashOf({}, undefined, another)
    ]
    expect(new Set(hashes).size).toBe(4)
    expect(hashOf({ summary: 'Other words.' })).toBe(hashes[0])
  })
})

describe('what differs', () => {
  const told = (was: object, is: object) =>
    differences(canonicalJson(was), canonicalJson(is)).map(({ path, was, is }) => `${path}: ${was} -> ${is}`)

  it('is told by its path, in order, what was added and removed too', () => {
    expect(told({ a: { x: 1, y: 2 }, gone: 'g' }, { a: { x: 1, y: 3 }, added: [true] })).toEqual([
      'a.y: 2 -> 3',
      'added.0: (absent) -> true',
      'gone: "g" -> (absent)'
    ])
  })

  it('tells a number from a text and null from nothing', () => {
    expect(told({ a: 1, b: null }, { a: '1' })).toEqual(['a: 1 -> "1"', 'b: null -> (absent)'])
    expect(told({ a: 1 }, { a: 1 })).toEqual([])
  })
})

describe('a change', () => {
  const changed = (path: string) => [{ path, was: 'a', is: 'b' }]
  const remembering = numberText({ asks: { vector: embedding('embedder'), good: numberText().asks.good } })

  it('of the embedder of a decision stage is never acceptable', () => {
    expect(isAcceptable(remembering, changed('asks.vector.model'))).toBe(false)
    expect(isAcceptable(remembering, [...changed('settings.least'), ...changed('asks.vector.model')])).toBe(false)
  })

  it('of anything else is, and of the embedder where nothing was decided by it', () => {
    expect(isAcceptable(remembering, changed('asks.good.model'))).toBe(true)
    expect(isAcceptable(remembering, changed('settings.least'))).toBe(true)
    expect(isAcceptable(judgeText({ asks: { vector: embedding('e') } }), changed('asks.vector.model'))).toBe(true)
  })
})
