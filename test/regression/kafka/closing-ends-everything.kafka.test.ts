import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, inject, it } from 'vitest'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'
import { at, eventually, output, recordsOf } from '../../support/log-driver-context.ts'
import { spawnScript } from '../../support/spawned.ts'

const bed = kafkaBed()

describe('a log that is closed', () => {
  it('keeps no connection, even where some were cut, and leaves its groups', async () => {
    const [proxy, outside] = [await bed.proxy(), await bed.driver()]
    const driver = await bed.driverBehind(proxy)
    const [topic, group] = [await bed.topic(outside), bed.name()]
    const owner = await bed.owner(driver, topic, group)
    const writer = await driver.writer(bed.name())
    const rule = proxy.inject({ apis: ['Fetch', 'ListOffsets'], how: 'execute-and-cut', oneIn: 2 })
    for (let n = 1; n <= 5; n++) {
      expect(await writer.commit([output(topic, `${n}`)])).toEqual({ status: 'committed' })
      expect(await owner.commit([], at(n))).toEqual({ status: 'committed' })
      expect(await recordsOf(driver, topic)).toHaveLength(n)
    }
    expect(rule.hits).toBeGreaterThan(5)
    expect(proxy.connections()).toBeGreaterThan(3)
    await driver.close()
    await eventually(() => proxy.connections() === 0)
    await bed.administered(async admin => {
      const { groups } = await admin.describeGroups([group])
      expect(groups[0]!.members).toEqual([])
    })
  })

  it('connects no more, whatever is asked of it', async () => {
    const proxy = await bed.proxy()
    const driver = await bed.driverBehind(proxy)
    const topic = await bed.topic(driver)
    await recordsOf(driver, topic)
    const running = recordsOf(driver, topic, 0, 0, 10)
    await driver.close()
    await Promise.allSettled([running])
    await expect(recordsOf(driver, topic, 0, 0, 10)).rejects.toMatchObject({ code: 'log-closed' })
    await eventually(() => proxy.connections() === 0)
  })
})

describe('a process', () => {
  const script = 'kafka/kafka-log-process.ts'

  it('ends by itself once its log is closed', async () => {
    const topic = await bed.topic(await bed.driver())
    const child = spawnScript(script, ['ordinary', inject('bootstrap'), inject('registryUrl'), topic])
    expect(await child.rest()).toEqual(['committed', 'next: offset-gone', 'closed'])
    expect(await child.end()).toBe(0)
    expect(child.errors()).toBe('')
  })

  it('leaves, closes and ends where the broker is away, and all that was asked of the log is answered', async () => {
    const [proxy, topic] = [await bed.proxy(), await bed.topic(await bed.driver())]
    const child = spawnScript(script, ['outage', proxy.bootstrap, inject('registryUrl'), topic])
    expect(await child.line()).toBe('committed')
    expect(await child.line()).toBe('ready')
    proxy.sever()
    const [exitCode, rest] = await Promise.all([child.end(), child.rest()])
    expect(rest.at(-1)).toBe('closed')
    expect(rest).toEqual(expect.arrayContaining(['take: partition-lost', 'commit: unknown', 'next: partition-lost']))
    expect(rest).toEqual(expect.arrayContaining([expect.stringMatching(/^ends: (unavailable|log-closed)$/)]))
    expect(exitCode).toBe(0)
    expect(child.errors()).toBe('')
  })

  it('ends though a registry never answered it', async () => {
    const sockets: Socket[] = []
    const registry = createServer(socket => void sockets.push(socket)).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    const url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
    const child = spawnScript(script, ['registry', inject('bootstrap'), url, ''])
    expect(await child.rest()).toEqual(['unavailable', 'closed'])
    expect(await child.end()).toBe(0)
    for (const socket of sockets) socket.destroy()
    registry.close()
  })
})
