import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemClock } from '../../../engine/runtime/ground/clock.ts'
import { callerOf, createCallLog } from '../calls.ts'
import { createFaultScript, type Fault, parseFaults } from '../faults/faults.ts'
import { createPace } from '../machine/pace.ts'
import { createPrefixCache } from '../machine/prefix-cache.ts'
import { createSlots } from '../machine/slots.ts'
import { newTally } from '../machine/tally.ts'
import { type ChatMessage, isRefusal } from '../model/chat-request.ts'
import type { RehearsalModel, RehearsalOptions } from '../options.ts'
import { answerChat, type ChatServer } from './chat-route.ts'
import { deliver, replyInstead } from './delivery.ts'
import { answerEmbeddings } from './embeddings-route.ts'
import { listenAt } from './listener.ts'
import { listModels } from './models-route.ts'
import { errorReply, json, type Reply } from './reply.ts'
import { readBody } from './request-body.ts'

type Path = 'chat' | 'embeddings' | 'models'
type Body = Readonly<Record<string, unknown>>

const routes: Readonly<Record<string, { readonly path: Path; readonly method: string }>> = {
  '/v1/chat/completions': { path: 'chat', method: 'POST' },
  '/v1/embeddings': { path: 'embeddings', method: 'POST' },
  '/v1/models': { path: 'models', method: 'GET' }
}

/**
 * Starts an OpenAI-compatible server whose model answers by rules: deterministic, without a GPU, for rehearsal and never
 * for training.
 * @throws Error when a fault is misspelt, a rate or the slots are not above 0, the port is taken, or the file of calls cannot be opened.
 */
export async function startRehearsalModel(options: RehearsalOptions = {}): Promise<RehearsalModel> {
  const { maxModelLen = 32_768, clock = systemClock, host = '127.0.0.1', port = 0 } = options
  let script = createFaultScript(parseFaults(options.faults ?? []))
  const tally = newTally()
  const slots = createSlots(options.slots ?? 64, options.maxQueued ?? Number.POSITIVE_INFINITY)
  const chat: ChatServer = {
    settings: { seed: options.seed ?? 1, mishaps: options.mishaps ?? 0.08 },
    limits: { maxModelLen, maxTopLogprobs: options.maxTopLogprobs ?? 20 },
    slots,
    pace: createPace(
      {
        prefillTokensPerSecond: options.prefillTokensPerSecond ?? Number.POSITIVE_INFINITY,
        decodeTokensPerSecond: options.decodeTokensPerSecond ?? Number.POSITIVE_INFINITY
      },
      clock
    ),
    cache: createPrefixCache(options.prefixCacheBlocks ?? 65_536),
    count({ cached, controlTokens }) {
      tally.cachedTokens += cached
      if (controlTokens) tally.promptsWithControlTokens += 1
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    tally.requests += 1
    const leaving = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) leaving.abort()
    })
    try {
      if (!(await exchange(request, response, leaving.signal))) tally.cancelled += 1
    } catch (error) {
      // A connection that broke is the client's affair; anything else is a defect of ours, and is shown as one.
      if (leaving.signal.aborted || request.destroyed) tally.cancelled += 1
      else if (response.headersSent) response.destroy()
      else response.writeHead(500).end(String((error as Error).stack))
    }
  }

  /** One request from its route to its reply; false when the client left before. */
  async function exchange(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<boolean> {
    const caller = callerOf(request.headers)
    const url = (request.url ?? '').split('?')[0]!
    const route = routes[url]
    const turnedAway = turnAway(request, url, route?.method)
    if (turnedAway || !route) {
      await send(response, turnedAway ?? json(404, { detail: 'Not Found' }), undefined, gone)
      return true
    }
    const read = route.method === 'POST' ? await readBody(request) : { body: {} }
    const body: Body = isRefusal(read) ? {} : read.body
    const struck = script({ ...caller, path: route.path, text: () => textOf(body) })
    const fault = struck?.do === 'reject-system-role' && !hasSystemRole(body) ? undefined : struck
    if (fault) tally.faults += 1
    if (fault?.do === 'hang') {
      await clock.sleep(fault.hangMs ?? 2 ** 31 - 1, gone)
      if (gone.aborted) return false
    }
    if (fault?.do === 'reset') {
      request.socket.resetAndDestroy()
      return true
    }
    if (fault?.do === 'die') {
      await model.outage(fault.downMs ?? 500)
      return true
    }
    const reply = isRefusal(read) ? errorReply(read) : await answer(route.path, body, fault, gone)
    if (!reply || gone.aborted) return false
    await send(response, reply, fault, gone, () => {
      if (route.path === 'models') return
      const { model: name = String(body.model ?? ''), promptTokens = 0, completionTokens = 0 } = reply.usage ?? {}
      tally.promptTokens += promptTokens
      tally.completionTokens += completionTokens
      log.add({
        ...caller,
        status: reply.status,
        promptTokens,
        completionTokens,
        model: name,
        at: Date.now(),
        ...(fault && { fault: fault.do })
      })
    })
    return !gone.aborted || response.writableFinished
  }

  async function send(
    response: ServerResponse,
    reply: Reply,
    fault: Fault | undefined,
    gone: AbortSignal,
    account: () => void = () => {}
  ): Promise<void> {
    const answered = () => {
      tally.answered += 1
      account()
    }
    await deliver(response, { reply, fault, gone, answered }, clock)
  }

  /** Health, keys, unknown routes and wrong methods. */
  function turnAway(request: IncomingMessage, url: string, method: string | undefined): Reply | undefined {
    if (url === '/health' && request.method === 'GET') return { status: 200, body: '' }
    if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
      return json(401, { error: 'Unauthorized' })
    }
    return method !== undefined && method !== request.method ? json(405, { detail: 'Method Not Allowed' }) : undefined
  }

  async function answer(path: Path, body: Body, fault: Fault | undefined, gone: AbortSignal) {
    const instead = fault && replyInstead(fault)
    if (instead) return instead
    if (path === 'models') return listModels(fault, maxModelLen)
    if (path === 'embeddings') {
      if (fault?.do === 'no-embeddings-route') return json(404, { detail: 'Not Found' })
      return answerEmbeddings(body, fault, maxModelLen)
    }
    if (fault?.do === 'reject-system-role') {
      return errorReply({ status: 400, message: 'System role not supported', param: null })
    }
    return answerChat(body, fault, chat, gone)
  }

  const listener = await listenAt({ host, port }, (request, response) => void serve(request, response), clock)
  const log = createCallLog(options.callsFile, options.keepCalls ?? 100_000)
  let closed = false
  let waiting: AbortController | undefined

  const model: RehearsalModel = {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}/v1`,
    port: listener.port,
    stats: () => ({
      ...tally,
      running: slots.running,
      waiting: slots.waiting,
      mostRunning: slots.mostRunning,
      forgottenCalls: log.forgotten
    }),
    calls: log.all,
    setFaults(faults) {
      script = createFaultScript(parseFaults(faults))
    },
    async outage(forMs) {
      waiting?.abort()
      const wait = new AbortController()
      waiting = wait
      await listener.goDown()
      if (forMs === undefined) return
      void clock.sleep(forMs, wait.signal).then(() => (wait.signal.aborted ? undefined : model.recover()))
    },
    async recover() {
      waiting?.abort()
      if (!closed) await listener.comeBack()
    },
    async close() {
      closed = true
      waiting?.abort()
      await listener.goDown()
      log.close()
    }
  }
  return model
}

function textOf({ messages, input }: Body): string {
  if (typeof input === 'string') return input
  const parts = Array.isArray(messages) ? messages.map(message => (message as ChatMessage)?.content) : input
  return Array.isArray(parts) ? parts.map(String).join('\n') : ''
}

const hasSystemRole = ({ messages }: Body): boolean =>
  Array.isArray(messages) && messages.some(message => (message as ChatMessage)?.role === 'system')
