import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Fault,
  faultActions,
  type RehearsalModel,
  rehearsalChatModel,
  rehearsalEmbeddingModel,
  startRehearsalModel
} from '../../../services/rehearsal-model/index.ts'
import { chat, digitSystem, send, until } from './client.ts'
import { delimited } from './sample-texts.ts'

let model: RehearsalModel
beforeEach(async () => {
  model = await startRehearsalModel({ mishaps: 0 })
})
afterEach(() => model.close())

const schema = { type: 'object', properties: { answer: { type: 'integer', enum: [0, 1] } } }
const judging = {
  messages: [
    { role: 'system', content: digitSystem },
    { role: 'user', content: `${delimited('passage', 'Deep roots find moisture.')}\n\nIs it coherent?` }
  ],
  logprobs: true,
  top_logprobs: 20
}
const structured = { ...judging, response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } }
const embedding = { model: rehearsalEmbeddingModel, input: 'bread' }

/** How each fault shows itself to a client. The type makes a fault without a test a compile error. */
const shows: Readonly<Record<keyof typeof faultActions, (fault: Fault['do']) => Promise<void>>> = {
  async hang() {
    model.setFaults([{ do: 'hang' }])
    const leaving = new AbortController()
    const hanging = chat(model, {}, { signal: leaving.signal })
    await until(() => model.stats().faults === 1)
    model.setFaults([])
    expect((await chat(model)).status).toBe(200) // one wedged request stops nobody
    leaving.abort()
    await expect(hanging).rejects.toThrow()
    await until(() => model.stats().cancelled === 1)
    model.setFaults([{ do: 'hang', hangMs: 5 }])
    expect((await chat(model)).status).toBe(200)
  },
  async '429'() {
    model.setFaults([
      { when: { forCalls: 1 }, do: '429', retryAfterSeconds: 2 },
      { when: { afterCalls: 1 }, do: '429' }
    ])
    const [first, second] = [await chat(model), await chat(model)]
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '2'])
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, null])
    expect(first.body.error.type).toBe('RateLimitError')
  },
  '500': refuses(500),
  '503': refuses(503),
  async '401'(fault) {
    await refuses(401)(fault)
    expect((await chat(model)).body).toEqual({ error: 'Unauthorized' })
  },
  reset: breaks,
  async die() {
    model.setFaults([{ when: { textIncludes: 'poison' }, do: 'die', downMs: 20 }])
    await expect(chat(model, { messages: [{ role: 'user', content: 'poison' }] })).rejects.toThrow()
    const back = async () => {
      const { status } = await chat(model).catch(() => ({ status: 0 }))
      return status === 200
    }
    while (!(await back()));
    expect(model.calls().map(({ status }) => status)).toEqual([200])
  },
  'cut-body': breaks,
  async 'truncated-json'(fault) {
    model.setFaults([{ do: fault }])
    const { status, text, body } = await chat(model)
    expect([status, body]).toEqual([200, undefined])
    expect(text).toMatch(/^\{"id":/)
  },
  async empty(fault) {
    model.setFaults([{ do: fault }])
    expect(await chat(model)).toMatchObject({ status: 200, text: '' })
  },
  async html(fault) {
    model.setFaults([{ do: fault }])
    const { status, text, headers } = await chat(model)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html'])
    expect(text).toContain('<title>')
  },
  async 'no-choices'(fault) {
    model.setFaults([{ do: fault }])
    expect((await chat(model)).body.choices).toEqual([])
    expect((await send(model, '/embeddings', embedding)).body.data).toEqual([])
  },
  async 'slow-bytes'() {
    const honest = await chat(model)
    model.setFaults([{ do: 'slow-bytes', byteMs: 0 }])
    expect((await chat(model)).body.choices).toEqual(honest.body.choices)
    model.setFaults([{ do: 'slow-bytes' }])
    const leaving = new AbortController()
    const slow = chat(model, {}, { signal: leaving.signal })
    await until(() => model.stats().faults === 2)
    leaving.abort()
    await expect(slow).rejects.toThrow()
    await until(() => model.stats().cancelled === 1)
    expect(model.stats().answered).toBe(2)
  },
  async whitespace(fault) {
    model.setFaults([{ do: fault }])
    const { choices, usage } = (await chat(model, { max_tokens: 50 })).body
    expect(choices[0].message.content).toMatch(/^\s{50,}$/)
    expect([choices[0].finish_reason, usage.completion_tokens]).toEqual(['length', 50])
  },
  async huge() {
    model.setFaults([{ do: 'huge', bytes: 2_000_000 }])
    expect((await chat(model)).body.choices[0].message.content.length).toBeGreaterThanOrEqual(2_000_000)
  },
  length: cuts('length'),
  abort: cuts('abort'),
  async refusal(fault) {
    model.setFaults([{ do: fault }])
    const [choice] = (await chat(model)).body.choices
    expect([choice.message.content, choice.finish_reason]).toEqual([expect.stringContaining('sorry'), 'stop'])
  },
  async 'no-logprobs'(fault) {
    model.setFaults([{ do: fault }])
    const { status, body } = await chat(model, judging)
    expect([status, body.choices[0].logprobs]).toEqual([200, null])
  },
  async 'no-candidates'(fault) {
    model.setFaults([{ do: fault }])
    const [entry] = (await chat(model, judging)).body.choices[0].logprobs.content
    const tokens = entry.top_logprobs.map(({ token }: { token: string }) => token.trim())
    expect(tokens.length).toBeGreaterThan(10)
    expect(tokens).not.toContain('0')
    expect(tokens).not.toContain('1')
  },
  async 'other-model'(fault) {
    model.setFaults([{ do: fault }, { when: { path: 'models' }, do: fault }])
    expect((await chat(model)).body.model).not.toBe(rehearsalChatModel)
    expect((await send(model, '/embeddings', embedding)).body.model).not.toBe(rehearsalEmbeddingModel)
    expect((await send(model, '/models')).body.data[0].id).not.toBe(rehearsalChatModel)
  },
  async 'ignore-response-format'(fault) {
    model.setFaults([{ do: fault }])
    const content = (await chat(model, structured)).body.choices[0].message.content
    expect(() => JSON.parse(content)).toThrow()
    expect((await chat(model)).body.choices[0].message.content).not.toBe(content)
  },
  async 'wrong-schema'(fault) {
    model.setFaults([{ do: fault }])
    expect(JSON.parse((await chat(model, structured)).body.choices[0].message.content)).not.toHaveProperty('answer')
  },
  async 'reject-system-role'(fault) {
    model.setFaults([{ do: fault }])
    const { status, body } = await chat(model, judging)
    expect([status, body.error.message]).toEqual([400, 'System role not supported'])
    expect((await chat(model)).status).toBe(200)
    expect(model.stats().faults).toBe(1)
  },
  async 'no-embeddings-route'(fault) {
    model.setFaults([{ do: fault }])
    expect(await send(model, '/embeddings', embedding)).toMatchObject({ status: 404, body: { detail: 'Not Found' } })
    expect((await chat(model)).status).toBe(200)
  }
}

function refuses(status: number) {
  return async (fault: Fault['do']) => {
    model.setFaults([{ do: fault }])
    expect((await chat(model)).status).toBe(status)
    expect((await send(model, '/embeddings', embedding)).status).toBe(status)
  }
}

async function breaks(fault: Fault['do']): Promise<void> {
  model.setFaults([{ do: fault }])
  await expect(chat(model)).rejects.toThrow()
  expect(model.calls()).toEqual([])
}

function cuts(reason: string) {
  return async (fault: Fault['do']) => {
    const whole = (await chat(model)).body.choices[0].message.content
    model.setFaults([{ do: fault }])
    const [choice] = (await chat(model)).body.choices
    expect(choice.finish_reason).toBe(reason)
    expect(choice.message.content.length).toBeLessThan(0.7 * whole.length)
    expect(whole.startsWith(choice.message.content)).toBe(true)
  }
}

describe('the fault', () => {
  it.each(Object.keys(faultActions) as Fault['do'][])('%s shows as it should', async action => {
    await shows[action](action)
  })
})

describe('faults', () => {
  it('may be given from the start, and taken back', async () => {
    const ill = await startRehearsalModel({ faults: [{ do: '503' }] })
    expect((await chat(ill)).status).toBe(503)
    ill.setFaults([])
    expect((await chat(ill)).status).toBe(200)
    await ill.close()
  })
  it('that are misspelt keep the server from starting', async () => {
    await expect(startRehearsalModel({ faults: [{ do: 'explode' } as unknown as Fault] })).rejects.toThrow('do')
  })
  it('go by the headers of the request', async () => {
    model.setFaults([{ when: { stage: 'vet-draft', record: 'abc' }, do: '500' }])
    const statuses = ['vet-draft', 'judge-response'].map(
      async stage => (await chat(model, {}, { headers: { 'x-fanno-stage': stage, 'x-fanno-record': 'xabcx' } })).status
    )
    expect(await Promise.all(statuses)).toEqual([500, 200])
  })
})

describe('an outage', () => {
  it('cuts what is open, refuses what comes, and ends on the same port', async () => {
    model.setFaults([{ do: 'hang' }])
    const open = chat(model)
    const broken = expect(open).rejects.toThrow()
    await until(() => model.stats().requests === 1)
    model.setFaults([])
    await model.outage()
    await broken
    await expect(chat(model)).rejects.toThrow()
    await model.recover()
    expect((await chat(model)).status).toBe(200)
  })
  it('ends by itself when it is told how long to last', async () => {
    await model.outage(10)
    for (;;)
      if (
        await chat(model).then(
          () => true,
          () => false
        )
      )
        break
    expect(model.stats().answered).toBe(1)
  })
  it('that lasts can be closed', async () => {
    await model.outage(10)
    await model.close()
    await model.recover()
    await expect(chat(model)).rejects.toThrow()
  })
})
