import { describe, expect, it } from 'vitest'
import { lacksOfEnvelope } from '../../../engine/schemas/envelope.ts'
import { type AvroObject, engineSchemas, readSchema } from '../../../engine/schemas/load.ts'
import { topology } from '../../../services/topology.ts'

const whole = readSchema(new URL('decision-envelope.avsc', engineSchemas))
const withFields = (fields: AvroObject['fields']): AvroObject => ({ type: 'record', name: 'Mine', fields: fields! })

describe("the engine's part of a schema of decisions", () => {
  it('is whole in every stage of the pipeline that decides in order', () => {
    const decisions = topology.stages.flatMap(stage => ('decisions' in stage ? [stage.decisions.schema] : []))
    expect(decisions.length).toBeGreaterThan(0)
    expect(decisions.flatMap(schema => lacksOfEnvelope(schema))).toEqual([])
  })
  it('may stand in any order, with fields of the stage between', () => {
    const mine = { name: 'mine', type: 'string', default: '' }
    expect(lacksOfEnvelope(withFields([mine, ...whole.fields!.toReversed()]))).toEqual([])
  })
  it.each(whole.fields!.map(({ name }) => name))('lacks %s where it is left out', name => {
    const others = whole.fields!.filter(field => field.name !== name)
    expect(lacksOfEnvelope(withFields(others))).toEqual([expect.stringContaining(`the field ${name} `)])
  })
  it('is refused with another type, which is named', () => {
    const fields = whole.fields!.map(field => (field.name === 'inputOffset' ? { ...field, type: 'int' } : field))
    expect(lacksOfEnvelope(withFields(fields))).toEqual(['the field inputOffset is int, must be long'])
  })
  it('may spell its types at length, as some generators do', () => {
    const fields = whole.fields!.map(field => ({ ...field, type: { type: field.type } }))
    expect(lacksOfEnvelope(withFields(fields as never))).toEqual([])
  })
  it('is missing altogether in a record without fields, and in what is no record', () => {
    expect(lacksOfEnvelope(withFields([]))).toHaveLength(whole.fields!.length)
    expect(lacksOfEnvelope({ type: 'array', items: 'string' })).toEqual(['it is not a record'])
  })
})
