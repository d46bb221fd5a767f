import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spanOf } from '../../../engine/runtime/record/spans.ts'
import { formatTraceparent, isSampled, parseTraceparent } from '../../../engine/telemetry/traceparent.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'
const span = 'b7ad6b7169203331'

describe('a traceparent', () => {
  it('is read and written without loss', () => {
    const hexadecimal = (digits: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
        .map(each => each.join(''))
    fc.assert(
      fc.property(hexadecimal(32), hexadecimal(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, flags) => {
        fc.pre(/[^0]/.test(traceId) && /[^0]/.test(spanId))
        expect(parseTraceparent(formatTraceparent({ traceId, spanId, flags }))).toEqual({ traceId, spanId, flags })
      })
    )
  })
  it.each([
    undefined,
    '',
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `01-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}`
  ])('is not valid as %s', text => {
    expect(parseTraceparent(text)).toBeUndefined()
  })
  it('says by its lowest bit whether it is sampled', () => {
    expect([0, 1, 2, 3].map(flags => isSampled({ traceId: trace, spanId: span, flags }))).toEqual([
      false,
      true,
      false,
      true
    ])
  })
})

describe('the span of a record', () => {
  it('is in the trace that the record brought along, with its flags', () => {
    const made = parseTraceparent(spanOf(`00-${trace}-${span}-00`, 'root', 'stage', 'record'))
    expect(made).toMatchObject({ traceId: trace, flags: 0 })
    expect(made!.spanId).not.toBe(span)
  })
  it('begins a trace of its root where the record brought none, or a broken one', () => {
    const alone = spanOf(undefined, 'root', 'stage', 'record')
    expect(spanOf(`00-${'0'.repeat(32)}-${span}-01`, 'root', 'stage', 'record')).toBe(alone)
    expect(spanOf('rubbish', 'root', 'stage', 'record')).toBe(alone)
    expect(spanOf(undefined, 'another', 'stage', 'record')).not.toBe(alone)
  })
})
