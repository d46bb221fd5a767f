import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  /** Behind the base URL: `/models`, `/chat/completions`, `/embeddings`. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent; tests look into it.
  readonly body: any
  /** 1 for the first request on this path. */
  readonly number: number
}

/** What the server does about one request. A string is sent as it is, anything else as JSON. */
export interface ScriptedReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** In place of a whole reply: no reply at all, the connection cut before or in the middle of the body, or an endless body. */
  readonly instead?: 'hang' | 'reset' | 'cut' | 'endless'
}

export type Script = (request: ReceivedRequest) => ScriptedReply | undefined

export interface ScriptedServer {
  readonly url: string
  readonly received: ReceivedRequest[]
  /** Requests on that path, preflight and proofs left out. */
  asked(path: string): ReceivedRequest[]
  /** Replaces the script. */
  answer(script: Script): void
  close(): Promise<void>
}

export const oneModel = { object: 'list', data: [{ id: 'tiny', object: 'model', max_model_len: 8_192 }] }

/** A completion as servers send it: `tokens` are the candidates of its first token. */
export const completion = (
  content: string,
  detail: { readonly finishReason?: string; readonly tokens?: Readonly<Record<string, number>> } = {}
) => ({
  choices: [
    {
      message: { role: 'assistant', content },
      finish_reason: detail.finishReason ?? 'stop',
      logprobs: detail.tokens && {
        content: [
          {
            token: content,
            logprob: detail.tokens[content] ?? -0.1,
            top_logprobs: Object.entries(detail.tokens).map(([token, logprob]) => ({ token, logprob }))
          }
        ]
      }
    }
  ],
  usage: { prompt_tokens: 11, completion_tokens: 3 }
})

export const vector = (...embedding: readonly number[]) => ({ data: [{ embedding }], usage: { prompt_tokens: 5 } })

/** A model that does all it is asked for, in a word: what a script falls back on when it says nothing about a request. */
export const goodModel: Script = ({ path, body }) => {
  if (path === '/models') return { body: oneModel }
  if (path === '/embeddings') return { body: vector(3, 0, -4) }
  if (body.response_format) return { body: completion('{"answer": 1}') }
  return { body: completion('1', body.logprobs ? { tokens: { '1': -0.1, '0': -2.4, Yes: -5 } } : {}) }
}

/** An HTTP server on 127.0.0.1 that answers by script. */
export async function startScriptedServer(first: Script = () => undefined): Promise<ScriptedServer> {
  let script = first
  const received: ReceivedRequest[] = []
  const server = createServer((incoming, outgoing) => {
    let text = ''
    incoming.on('data', (chunk: Buffer) => {
      text += chunk
    })
    incoming.on('end', () => {
      const path = incoming.url!.replace('/v1', '')
      const number = received.filter(request => request.path === path).length + 1
      const request = { path, headers: incoming.headers, body: text ? JSON.parse(text) : undefined, number }
      received.push(request)
      const reply = script(request) ?? goodModel(request)!
      if (reply.instead === 'hang') return
      if (reply.instead === 'reset') return incoming.socket.resetAndDestroy()
      const body = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body)
      outgoing.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      if (reply.instead === 'cut') outgoing.write(body.slice(0, body.length / 2), () => outgoing.destroy())
      else if (reply.instead === 'endless') {
        const more = () => void (outgoing.destroyed || outgoing.write(' '.repeat(1_000_000), more))
        more()
      } else outgoing.end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    asked: path => received.filter(({ path: at, headers }) => at === path && headers['x-fanno-stage'] !== 'preflight'),
    answer: next => {
      script = next
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
