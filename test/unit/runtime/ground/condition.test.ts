import { describe, expect, it } from 'vitest'
import { Condition } from '../../../../engine/runtime/ground/condition.ts'

describe('a condition', () => {
  const never = new AbortController().signal

  it('resolves when its predicate holds after a change, not before', async () => {
    const condition = new Condition()
    let ready = false
    let held: boolean | undefined
    void condition
      .until(() => ready, never)
      .then(value => {
        held = value
      })
    condition.changed()
    await Promise.resolve()
    expect(held).toBeUndefined()
    ready = true
    condition.changed()
    await Promise.resolve()
    expect(held).toBe(true)
  })

  it('gives up when the signal is aborted, before or while waiting', async () => {
    const condition = new Condition()
    const abort = new AbortController()
    const waiting = condition.until(() => false, abort.signal)
    abort.abort()
    expect(await waiting).toBe(false)
    expect(await condition.until(() => true, abort.signal)).toBe(false)
  })
})
