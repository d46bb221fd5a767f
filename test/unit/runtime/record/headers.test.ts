import { describe, expect, it } from 'vitest'
import { headerNamesOf } from '../../../../engine/declare/index.ts'
import { inputOf, provenanceOf } from '../../../../engine/runtime/record/headers.ts'

const names = headerNamesOf('acme-')
const headers = { 'acme-stage': 'judge-text', 'acme-input': 'p.texts.v1/3/17', 'acme-outcome': 'emitted' }

describe('the provenance of a record', () => {
  it('is its stage, its input and the kind of outcome', () => {
    expect(provenanceOf({ ...headers, traceparent: 'x' }, names)).toEqual({
      stage: 'judge-text',
      input: { topic: 'p.texts.v1', partition: 3, offset: 17 },
      outcome: 'emitted'
    })
  })

  it('is read back from what was written, be the offset as large as can be', () => {
    const place = { topic: 'a/b.v1', partition: 0, offset: Number.MAX_SAFE_INTEGER }
    expect(provenanceOf({ ...headers, 'acme-input': inputOf(place) }, names)!.input).toEqual(place)
  })

  it.each([
    ['none of them', {}],
    ['those of another prefix', { 'other-stage': 's', 'other-input': 't/0/0', 'other-outcome': 'emitted' }],
    ['no stage', { ...headers, 'acme-stage': '' }],
    ['no outcome', { ...headers, 'acme-outcome': '' }],
    ['an input without offset', { ...headers, 'acme-input': 'p.texts.v1/3' }],
    ['an input without topic', { ...headers, 'acme-input': '/3/17' }],
    ['an offset that is no number', { ...headers, 'acme-input': 'p.texts.v1/3/-1' }],
    ['something behind the offset', { ...headers, 'acme-input': 'p.texts.v1/3/17 ' }]
  ])('is unknown where a record has %s', (_what, forged) => {
    expect(provenanceOf(forged as Record<string, string>, names)).toBeUndefined()
  })
})
