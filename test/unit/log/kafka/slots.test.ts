import { expect, it } from 'vitest'
import { Slots } from '../../../../engine/log/kafka/client/slots.ts'

/** Actions that run until they are let go, and a record of who began. */
function actions(slots: Slots) {
  const began: number[] = []
  const gates = new Map<number, PromiseWithResolvers<void>>()
  const start = (n: number): Promise<void> => {
    gates.set(n, Promise.withResolvers<void>())
    return slots.run(async () => {
      began.push(n)
      await gates.get(n)!.promise
    })
  }
  return { began, start, gate: (n: number) => gates.get(n)! }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

it('at most so many run at a time, and the others in the order they came', async () => {
  const { began, start, gate } = actions(new Slots(2))
  const all = [0, 1, 2, 3].map(start)
  await settled()
  expect(began).toEqual([0, 1])
  gate(1).resolve()
  await settled()
  expect(began).toEqual([0, 1, 2])
  gate(0).resolve()
  gate(2).resolve()
  await settled()
  expect(began).toEqual([0, 1, 2, 3])
  gate(3).resolve()
  await Promise.all(all)
})

it('an action that fails gives its slot on, and its error to whoever asked', async () => {
  const { began, start, gate } = actions(new Slots(1))
  const [failing, next] = [start(0), start(1)]
  gate(0).reject(new Error('in vain'))
  await expect(failing).rejects.toThrow('in vain')
  await settled()
  expect(began).toEqual([0, 1])
  gate(1).resolve()
  await next
})

it('a slot that was given back by the last is there for the next', async () => {
  const slots = new Slots(1)
  expect(await slots.run(async () => 'one')).toBe('one')
  expect(await slots.run(async () => 'two')).toBe('two')
})
