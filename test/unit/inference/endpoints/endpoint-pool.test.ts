import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../../../../engine/inference/endpoints/endpoint.ts'
import { createPool, type EndpointPool } from '../../../../engine/inference/endpoints/endpoint-pool.ts'
import { defaultRemedies } from '../../../../engine/inference/endpoints/remedies.ts'
import { InferenceError } from '../../../../engine/inference/errors.ts'

const timing = {
  retryMs: 1,
  maxRetryMs: 2,
  probeMs: 1,
  probeDeadlineMs: 1_000,
  noticeMs: 60_000,
  firstNoticeMs: 60_000
}
const never = new AbortController().signal

const dead = (code: string) =>
  new InferenceError('server-dead', 'http://one fails', { cause: Object.assign(new Error(code), { code }) })
const failed = (status: number) => new InferenceError('server-dead', `http://one fails (${status})`, { status })
const late = () => new InferenceError('timeout', 'http://one is late')
const overload = (retryAfterMs?: number) =>
  new InferenceError('overload', 'http://one asks for less', retryAfterMs === undefined ? {} : { retryAfterMs })

/** An endpoint that can be switched off, for its probes at least. */
function fakeEndpoint(place: string): Endpoint & { up: boolean; probes: number } {
  return {
    place,
    remedies: defaultRemedies,
    up: true,
    probes: 0,
    post: () => expect.fail('the pool posts nothing by itself'),
    tokenize: () => expect.fail('nor does it count tokens'),
    async models() {
      this.probes++
      if (!this.up) throw dead('ECONNREFUSED')
      return {}
    },
    close: async () => {}
  }
}

function aPool(...places: string[]) {
  const endpoints = (places.length > 0 ? places : ['http://one']).map(fakeEndpoint)
  const notices: string[] = []
  const pool = createPool(endpoints, text => notices.push(text), timing)
  return { pool, endpoints, one: endpoints[0]!, notices }
}

const turn = () => new Promise(resolve => setImmediate(resolve))
const until = async (condition: () => boolean) => {
  while (!condition()) await turn()
}
/** Other records pass, one after the other, as long as it is wanted. */
const others = (pool: EndpointPool) => {
  let wanted = true
  let passed = 0
  const running = (async () => {
    for (; wanted; passed++, await turn()) await pool.run(async () => 'passed', never)
  })()
  return {
    /** Until so many that began after this have passed. */
    overtake: async (count: number) => {
      const before = passed
      await until(() => passed > before + count)
    },
    stop: () => {
      wanted = false
      return running
    }
  }
}
const failure = (running: Promise<unknown>): Promise<InferenceError> =>
  running.then(
    () => expect.fail('it passed'),
    error => error as InferenceError
  )

describe('a request', () => {
  it.each([
    ['server-dead', () => dead('ECONNREFUSED')],
    ['server-dead', () => failed(500)],
    ['timeout', late],
    ['overload', () => overload()],
    ['overload', () => overload(1)]
  ])('is tried again after %s', async (_, error) => {
    const { pool } = aPool()
    let tries = 0
    const result = pool.run(async () => {
      if (++tries < 3) throw error()
      return tries
    }, never)
    expect(await result).toBe(3)
  })
  it.each(['configuration', 'record-terminal', 'semantic', 'shutdown'] as const)(
    'is not tried again after %s',
    async kind => {
      const { pool } = aPool()
      let tries = 0
      const result = pool.run(async () => {
        tries++
        throw new InferenceError(kind, 'no')
      }, never)
      expect((await failure(result)).kind).toBe(kind)
      expect(tries).toBe(1)
    }
  )
  it('that throws anything else is a defect of ours, and is not tried again', async () => {
    const { pool } = aPool()
    const result = pool.run(async () => {
      throw new TypeError('a bug')
    }, never)
    await expect(result).rejects.toThrow(TypeError)
  })
  it('waits as long as the server asks it to', async () => {
    const { pool } = aPool()
    let tries = 0
    const withdrawal = new AbortController()
    const result = pool.run(async () => {
      tries++
      throw overload(3_600_000)
    }, withdrawal.signal)
    await until(() => tries === 1)
    for (let turns = 0; turns < 50; turns++) await new Promise(resolve => setTimeout(resolve))
    expect(tries).toBe(1)
    withdrawal.abort()
    expect((await failure(result)).kind).toBe('shutdown')
  })
  it('goes to the least busy replica', async () => {
    const { pool } = aPool('http://one', 'http://two')
    const release = Promise.withResolvers<void>()
    const seen: string[] = []
    const request = async ({ place }: Endpoint) => {
      seen.push(place)
      await release.promise
    }
    const running = Array.from({ length: 4 }, () => pool.run(request, never))
    await until(() => seen.length === 4)
    release.resolve()
    await Promise.all(running)
    expect(seen.toSorted()).toEqual(['http://one', 'http://one', 'http://two', 'http://two'])
  })
  it('goes elsewhere after a failure', async () => {
    const { pool } = aPool('http://one', 'http://two')
    const seen: string[] = []
    await pool.run(async ({ place }) => {
      seen.push(place)
      if (seen.length === 1) throw failed(500)
    }, never)
    expect(new Set(seen).size).toBe(2)
  })
})

describe('an outage', () => {
  it('is waited out, however many records it meets, and none is blamed', async () => {
    const { pool, one, notices } = aPool()
    one.up = false
    const request = async () => {
      if (!one.up) throw dead('ECONNREFUSED')
      return 'answer'
    }
    const running = Array.from({ length: 50 }, () => pool.run(request, never))
    await until(() => one.probes > 20)
    expect(pool.paused()).toContain('http://one')
    one.up = true
    expect(new Set(await Promise.all(running))).toEqual(new Set(['answer']))
    expect(pool.paused()).toBeUndefined()
    expect(notices).toEqual([expect.stringContaining('waiting for it'), 'http://one answers again'])
  })
  it('lasts until a proof passes, though the list of models is there again', async () => {
    const { pool } = aPool()
    let well = false
    let proofs = 0
    const proof = async () => {
      proofs++
      if (!well) throw late()
    }
    const request = async () => {
      if (!well) throw failed(500)
      return 'answer'
    }
    const running = pool.run(request, never, proof)
    await until(() => proofs > 5)
    expect(pool.paused()).toBeDefined()
    well = true
    expect(await running).toBe('answer')
  })
  it('of one replica does not stop the other', async () => {
    const { pool, endpoints } = aPool('http://one', 'http://two')
    endpoints[0]!.up = false
    const request = async ({ place }: Endpoint) => {
      if (place === 'http://one') throw dead('ECONNREFUSED')
      return place
    }
    const places = await Promise.all(Array.from({ length: 20 }, () => pool.run(request, never)))
    expect(new Set(places)).toEqual(new Set(['http://two']))
    expect(pool.paused()).toBeUndefined()
    await pool.close()
  })
  it('is spoken of once, though the endpoint comes and goes', async () => {
    const { pool, notices } = aPool()
    let tries = 0
    await pool.run(async () => {
      if (++tries <= 12) throw dead('ECONNREFUSED')
    }, never)
    expect(notices.filter(text => text.includes('waiting'))).toHaveLength(1)
  })
  it('ends for a request that is withdrawn', async () => {
    const { pool, one } = aPool()
    one.up = false
    const withdrawal = new AbortController()
    const running = pool.run(() => Promise.reject(dead('ECONNREFUSED')), withdrawal.signal)
    await until(() => pool.paused() !== undefined)
    withdrawal.abort()
    expect((await failure(running)).kind).toBe('shutdown')
    await pool.close()
  })
  it('ends for everybody when the pool is closed', async () => {
    const { pool, one } = aPool()
    one.up = false
    const request = () => Promise.reject(dead('ECONNREFUSED'))
    const running = pool.run(request, never)
    await until(() => pool.paused() !== undefined)
    await pool.close()
    expect((await failure(running)).kind).toBe('shutdown')
    const late = pool.run(() => expect.fail('a request after the end'), never)
    expect((await failure(late)).kind).toBe('shutdown')
  })
  it('is not seen in failures between which the endpoint refuses others: a refusal is an answer', async () => {
    const { pool, one } = aPool()
    const refuse = () =>
      failure(pool.run(() => Promise.reject(new InferenceError('record-terminal', 'too long')), never))
    let tries = 0
    await pool.run(async () => {
      await refuse()
      if (++tries <= 5) throw dead('ECONNREFUSED')
    }, never)
    expect(one.probes).toBe(0)
  })
  it('that begins with a wrong key is told at once', async () => {
    const { pool } = aPool()
    let tries = 0
    const running = pool.run(async () => {
      if (++tries < 5) throw dead('ECONNREFUSED')
      throw new InferenceError('configuration', 'refuses the key', { status: 401 })
    }, never)
    expect(await failure(running)).toMatchObject({ kind: 'configuration', status: 401 })
  })
})

describe('a record is blamed', () => {
  it('when it runs out of time three times while others overtake it', async () => {
    const { pool } = aPool()
    const { overtake, stop } = others(pool)
    let tries = 0
    const error = await failure(
      pool.run(async () => {
        tries++
        await overtake(6)
        throw late()
      }, never)
    )
    expect(error).toMatchObject({ kind: 'record-terminal', message: expect.stringContaining('overtaken') })
    expect(tries).toBe(3)
    expect(pool.paused()).toBeUndefined()
    await stop()
  })
  it('when its reply is a failure again and again while others pass', async () => {
    const { pool } = aPool()
    const { overtake, stop } = others(pool)
    const error = await failure(
      pool.run(async () => {
        await overtake(6)
        throw failed(500)
      }, never)
    )
    expect(error.kind).toBe('record-terminal')
    await stop()
  })
  it('when it is the last one, and the endpoint proves in between that it answers', async () => {
    const { pool } = aPool()
    const error = await failure(
      pool.run(
        () => Promise.reject(failed(500)),
        never,
        async () => {}
      )
    )
    expect(error.kind).toBe('record-terminal')
  })
  it('when the server dies of it, found by running it alone; those beside it are not', async () => {
    const { pool, one } = aPool()
    const open = new Set<(error: InferenceError) => void>()
    let aloneAtDeath = 0
    /** Whatever is in flight when the poison arrives breaks off with it. */
    const die = () => {
      if (open.size === 1) aloneAtDeath++
      one.up = false
      for (const cut of open) cut(dead('ECONNRESET'))
      setTimeout(() => {
        one.up = true
      }, 3)
    }
    const exchange = (poison: boolean) => () =>
      new Promise<string>((resolve, reject) => {
        if (!one.up) return reject(dead('ECONNREFUSED'))
        const cut = (error: InferenceError) => {
          open.delete(cut)
          reject(error)
        }
        open.add(cut)
        setTimeout(
          () => {
            if (!open.has(cut)) return
            if (poison) return die()
            open.delete(cut)
            resolve('answer')
          },
          poison ? 1 : 3
        )
      })
    const innocent = Array.from({ length: 8 }, () => pool.run(exchange(false), never))
    const error = await failure(pool.run(exchange(true), never))
    expect(error).toMatchObject({ kind: 'record-terminal', message: expect.stringContaining('with nothing beside it') })
    expect(aloneAtDeath).toBeGreaterThanOrEqual(2)
    expect(new Set(await Promise.all(innocent))).toEqual(new Set(['answer']))
  })
  it('only after everything beside it has settled', async () => {
    const { pool } = aPool()
    const beside = Promise.withResolvers<void>()
    const long = pool.run(() => beside.promise, never)
    let tries = 0
    const suspect = pool.run(async () => {
      if (++tries <= 3) throw dead('ECONNRESET')
      return 'answer'
    }, never)
    await until(() => tries === 3)
    for (let turns = 0; turns < 50; turns++) await new Promise(resolve => setTimeout(resolve))
    expect(tries).toBe(3)
    // Nothing else is begun meanwhile: whoever watches must be told why.
    expect(pool.paused()).toContain('runs alone, or waits for that')
    beside.resolve()
    await long
    expect(await suspect).toBe('answer')
    expect(tries).toBe(4)
    expect(pool.paused()).toBeUndefined()
  })
  it('never for running out of time behind a queue in which nobody overtakes', async () => {
    const { pool } = aPool()
    const served: string[] = []
    let left = 12
    // Each round the server serves the oldest request, and the others are out of time.
    const queue: { readonly name: string; readonly pass: () => void; readonly fail: () => void }[] = []
    const request = (name: string) => () =>
      new Promise<void>((resolve, reject) => queue.push({ name, pass: resolve, fail: () => reject(late()) }))
    const running = Promise.all(Array.from({ length: left }, (_, i) => pool.run(request(`r${i}`), never)))
    while (left > 0) {
      await until(() => queue.length === left)
      const [oldest, ...others] = queue.splice(0)
      served.push(oldest!.name)
      left--
      oldest!.pass()
      for (const { fail } of others) fail()
    }
    await running
    expect(new Set(served).size).toBe(12)
  })
  it('never for a gateway that speaks of the server behind it', async () => {
    const { pool } = aPool()
    const { stop } = others(pool)
    let tries = 0
    const result = await pool.run(async () => {
      await new Promise(resolve => setTimeout(resolve, 2))
      if (++tries < 12) throw failed(502)
      return 'answer'
    }, never)
    expect(result).toBe('answer')
    await stop()
  })
})
describe('an error that no waiting mends', () => {
  it('is configuration where the endpoint never answered', async () => {
    const { pool } = aPool()
    expect(await failure(pool.run(() => Promise.reject(dead('ENOTFOUND')), never))).toMatchObject({
      kind: 'configuration'
    })
  })
  it('is an outage where it answered before, if only with a failure', async () => {
    for (const before of [() => Promise.resolve('once'), () => Promise.reject(failed(500))]) {
      const { pool } = aPool()
      let calls = 0
      const run = () =>
        pool.run(
          () => (calls++ === 0 ? before() : calls < 4 ? Promise.reject(dead('ENOTFOUND')) : Promise.resolve('again')),
          never
        )
      await run()
      expect(await run()).toBe('again')
    }
  })
})
