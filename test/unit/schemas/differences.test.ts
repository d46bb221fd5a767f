import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differences } from '../../../engine/schemas/differences.ts'

const record = (...fields: object[]) => ({ type: 'record', name: 'R', fields }) as never
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more })

describe('differences of two schemas', () => {
  it('are none for the same schema, and for fields with defaults that come and go', () => {
    const both = record(field('a', 'string'))
    expect(differences(both, both)).toEqual([])
    const more = record(field('a', 'string'), field('b', 'long', { default: 0 }))
    expect([differences(both, more), differences(more, both)]).toEqual([[], []])
  })

  it.each([
    [
      'a field that was added without a default',
      record(),
      record(field('b', 'int')),
      ['b was added, and has no default']
    ],
    [
      'a field that was removed without one',
      record(field('b', 'int')),
      record(),
      ['b was removed, and had no default']
    ],
    [
      'a type that changed',
      record(field('a', 'string')),
      record(field('a', 'int')),
      ['the type of a was string, is int']
    ],
    [
      'a field within a field',
      record(field('a', { type: 'array', items: { type: 'record', name: 'I', fields: [field('x', 'int')] } })),
      record(field('a', { type: 'array', items: { type: 'record', name: 'I', fields: [field('x', 'long')] } })),
      ['the type of a[].x was int, is long']
    ],
    [
      'a type that may be null now',
      record(field('a', 'string')),
      record(field('a', ['null', 'string'])),
      ['the type of a was string, is null | string']
    ]
  ])('name %s', (_, before, after, expected) => {
    expect(differences(before, after)).toEqual(expected)
  })

  it('are found wherever Avro could not resolve one by the other', () => {
    const type = fc.constantFrom('int', 'string', 'boolean')
    const fields = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c'), type, optional: fc.boolean() }), {
      selector: ({ name }) => name
    })
    const defaults: Record<string, unknown> = { int: 0, string: '', boolean: false }
    const schema = fields.map(all =>
      record(...all.map(({ name, type, optional }) => field(name, type, optional ? { default: defaults[type] } : {})))
    )
    const resolves = (reader: object, writer: object) => {
      try {
        avsc.Type.forSchema(reader as never).createResolver(avsc.Type.forSchema(writer as never))
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(schema, schema, (before, after) => {
        expect(differences(before, after).length === 0).toBe(resolves(before, after) && resolves(after, before))
      })
    )
  })
})
