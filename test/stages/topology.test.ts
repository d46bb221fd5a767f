import { describe, expect, it } from 'vitest'
import type { SettingsSchema } from '../../engine/declare/index.ts'
import { presets, type StageSettings } from '../../services/presets.ts'
import { documents, pairs } from '../../services/topics.ts'
import { topology } from '../../services/topology.ts'

describe('the topology', () => {
  it('leads from documents to pairs through nine stages', () => {
    expect(topology.source).toBe(documents)
    expect(topology.sink).toBe(pairs)
    expect(topology.stages.map(({ name }) => name)).toEqual([
      'segment-document',
      'screen-passage',
      'diversify-passage',
      'seed-instruction',
      'augment-instruction',
      'vet-draft',
      'admit-instruction',
      'respond-instruction',
      'judge-response'
    ])
  })

  it('admits the stage nearest to the pairs first', () => {
    expect(topology.depths.get('judge-response')).toBe(0)
    expect(topology.depths.get('segment-document')).toBe(7)
    expect(topology.depths.get('seed-instruction')).toBe(topology.depths.get('augment-instruction'))
  })
})

describe('a preset', () => {
  const named = Object.entries(presets as Readonly<Record<string, StageSettings>>)

  it.each(named)('%s names stages and settings that exist, and all stages accept them', (_, preset) => {
    for (const [stage, settings] of Object.entries(preset)) {
      const declared = topology.stages.find(({ name }) => name === stage)
      const schema = declared?.settings as unknown as SettingsSchema
      expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining(Object.keys(settings)))
      expect(schema.parse(settings)).toMatchObject(settings)
    }
  })

  it('default changes nothing', () => {
    expect(presets.default).toEqual({})
  })

  it('with a wrong stage, setting or value does not compile', () => {
    const wrong: readonly StageSettings[] = [
      // @ts-expect-error no such stage
      { 'judge-responses': {} },
      // @ts-expect-error no such setting
      { 'judge-response': { leastScore: 4 } },
      // @ts-expect-error a value of the wrong type
      { 'augment-instruction': { minPool: 'many' } }
    ]
    expect(wrong).toHaveLength(3)
  })
})
