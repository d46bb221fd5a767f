import { describe, expect, it } from 'vitest'
import { Closings } from '../../../services/operate/closings.ts'

const failing = (what: string) => () => Promise.reject(new Error(what))

describe('what has to be closed after some work', () => {
  const begun = () => {
    const closed: string[] = []
    const closings = new Closings()
    return { closings, closed, add: (name: string) => closings.add(async () => void closed.push(name)) }
  }
  it('is closed in reverse order, once the work is done', async () => {
    const { closings, closed, add } = begun()
    const result = await closings.after(async () => {
      add('log')
      add('model')
      expect(closed).toEqual([])
      return 'done'
    })
    expect([result, closed]).toEqual(['done', ['model', 'log']])
  })
  it('is closed where the work fails, of which it tells, whatever the closings say', async () => {
    const { closings, closed, add } = begun()
    const work = closings.after(async () => {
      add('log')
      closings.add(failing('not closed'))
      throw new Error('the work failed')
    })
    await expect(work).rejects.toThrow('the work failed')
    expect(closed).toEqual(['log'])
  })
  it('is closed, all of it, though several fail to; the first of these is told', async () => {
    const { closings, closed, add } = begun()
    const work = closings.after(async () => {
      add('log')
      for (const what of ['third', 'second', 'first']) closings.add(failing(what))
    })
    await expect(work).rejects.toThrow('first')
    expect(closed).toEqual(['log'])
  })
})
