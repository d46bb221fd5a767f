import { cutShort, finish } from '../model/chat-model.ts'
import type { ChatRequest } from '../model/chat-request.ts'
import type { Completion } from '../model/completion.ts'
import type { Fault } from './faults.ts'

const mebibyte = 1_048_576

/** The completion as the fault leaves it; the honest one where the fault concerns something else. */
export function spoil(honest: Completion, request: ChatRequest, fault: Fault | undefined): Completion {
  switch (fault?.do) {
    case 'whitespace':
      return { text: '\n  '.repeat(request.maxTokens), finishReason: 'length', tokens: request.maxTokens }
    case 'huge': {
      const phrase = 'and so it goes on, '
      const text = phrase.repeat(Math.ceil((fault.bytes ?? 10 * mebibyte) / phrase.length))
      return { text, finishReason: 'stop', tokens: request.maxTokens }
    }
    case 'length':
    case 'abort':
      return cutShort(honest, fault.do)
    case 'refusal':
      return finish("I'm sorry, but I can't assist with that.", request)
    case 'no-candidates': {
      const { firstToken, ...rest } = honest
      const left = firstToken?.filter(({ token }) => !/^ ?[0-9]$/.test(token))
      return left ? { ...rest, text: left[0]!.token, firstToken: left } : honest
    }
    case 'ignore-response-format':
      return typeof request.format === 'object' ? finish('Sure! Here is what I think about it.', request) : honest
    case 'wrong-schema':
      return typeof request.format === 'object' ? finish('{"unexpected":["shape"]}', request) : honest
    default:
      return honest
  }
}
