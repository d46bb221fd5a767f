import { describe, expect, it } from 'vitest'
import { lineageOf } from '../../../../engine/runtime/record/lineage.ts'
import type { Lineage } from '../../../../engine/schemas/types.ts'
import { aCall } from '../../../support/runtime/held-inference.ts'
import { inputOfText } from '../../../support/runtime/runtime-bed.ts'
import { aText, judgeText } from '../../../support/runtime/text-stages.ts'

const context = { stage: judgeText(), configuration: { hash: 'c0ffee', canonical: '' } }
const calls = [aCall('good')]
const step = {
  stage: 'judge-text',
  configuration: 'c0ffee',
  recordId: 'a',
  topic: 'p.texts.v1',
  partition: 0,
  offset: 5,
  calls
}

describe('the lineage of what comes of an input', () => {
  it('begins with the input where nothing stood before it', () => {
    const lineage = lineageOf(context, inputOfText(aText('a'), 5), calls)
    expect(lineage).toMatchObject({ rootId: 'a', parentId: 'a', steps: [step] })
  })

  it('goes on from the lineage of the input, oldest step first, without changing it', () => {
    const earlier = { ...step, stage: 'cut-text', recordId: 'root' }
    const before: Lineage = { rootId: 'root', parentId: 'root', traceparent: '', steps: [earlier] }
    const lineage = lineageOf(context, inputOfText(aText('a', { lineage: before }), 5), calls)
    expect(lineage).toMatchObject({ rootId: 'root', parentId: 'a', steps: [earlier, step] })
    expect(before.steps).toEqual([earlier])
  })

  it('is told of a record that cannot be read, too, by where it stood', () => {
    const { record } = inputOfText(aText('a'), 5)
    const lineage = lineageOf(context, { record }, [])
    expect(lineage).toMatchObject({ rootId: '', parentId: '', steps: [{ recordId: '', offset: 5, calls: [] }] })
    expect(lineage.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })
})
