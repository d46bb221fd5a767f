import { z } from 'zod'
import type { Caller } from '../calls.ts'
import { hashText, unit } from '../hash.ts'

/** What can be made to go wrong, and what then happens. */
export const faultActions = {
  hang: 'no reply until `hangMs` have passed (then an honest one), or for ever; holds no slot',
  '429': 'status 429, with Retry-After when `retryAfterSeconds` is given',
  '500': 'status 500, as of a server whose engine died',
  '503': 'status 503, with Retry-After when `retryAfterSeconds` is given',
  '401': 'status 401, as for a wrong key',
  reset: 'the connection is reset instead of a reply',
  die: 'the whole server goes down at once, and comes back after `downMs` (default 500)',
  'cut-body': 'the connection ends in the middle of the body',
  'truncated-json': 'half of the body, as if it were whole',
  empty: 'status 200 with a body of no bytes',
  html: 'status 200 with a web page',
  'no-choices': 'status 200 with `choices: []` (embeddings: `data: []`)',
  'slow-bytes': 'the honest body, one byte every `byteMs` (default 100)',
  whitespace: 'a completion of white space up to max_tokens',
  huge: 'a completion of `bytes` (default 10 MiB)',
  length: 'the completion is cut in half, finish_reason `length`',
  abort: 'the completion is cut in half, finish_reason `abort`, status 200: a server that pauses',
  refusal: 'the model declines',
  'no-logprobs': 'log-probabilities were asked for and are null',
  'no-candidates': 'the log-probabilities hold none of the digits',
  'other-model': 'the reply, and the list of models, name another model',
  'ignore-response-format': 'prose where a JSON schema was asked for',
  'wrong-schema': 'JSON of another shape than the schema asked for',
  'reject-system-role': 'status 400 for a conversation with a system role, as from a chat template that has none',
  'no-embeddings-route': 'status 404 for /v1/embeddings'
} as const

export type FaultAction = keyof typeof faultActions

const count = z.int().min(1)

/**
 * All conditions given must hold. `afterCalls`, `forCalls` and `everyNth` count the requests for which the other
 * conditions hold: skip the first `afterCalls`, of the rest strike every `everyNth`, at most `forCalls` times.
 */
const when = z
  .strictObject({
    path: z.enum(['chat', 'embeddings', 'models']).describe('Route; without it chat and embeddings').optional(),
    stage: z.string().describe('x-fanno-stage').optional(),
    prompt: z.string().describe('x-fanno-prompt').optional(),
    record: z.string().describe('Part of x-fanno-record').optional(),
    ask: count.describe('x-fanno-ask').optional(),
    textIncludes: z.string().describe('Part of any chat message or embedding input').optional(),
    share: z.number().min(0).max(1).describe('Share of records, chosen by hash: the same ones in every run').optional(),
    afterCalls: z.int().min(0).optional(),
    everyNth: count.optional(),
    forCalls: count.optional()
  })
  .describe('Which requests the fault strikes')

const milliseconds = z.number().min(0)

export const faultSchema = z.strictObject({
  when: when.default({}),
  do: z.enum(Object.keys(faultActions) as [FaultAction, ...FaultAction[]]),
  hangMs: milliseconds.optional(),
  retryAfterSeconds: z.number().min(0).optional(),
  downMs: milliseconds.optional(),
  byteMs: milliseconds.optional(),
  bytes: count.optional()
})

export type Fault = z.input<typeof faultSchema>

/** Reads a list of faults, from code or from a JSON file. @throws Error that names the place and the mistake. */
export function parseFaults(input: unknown): readonly Fault[] {
  const parsed = z.array(faultSchema).safeParse(input)
  if (parsed.success) return parsed.data
  throw new Error(`The fault list of the rehearsal model is not valid:\n${z.prettifyError(parsed.error)}`)
}

export interface FaultQuery extends Caller {
  readonly path: 'chat' | 'embeddings' | 'models'
  /** Called only when a fault asks for it. */
  readonly text: () => string
}

/** The first fault that strikes this request, or undefined. Counts, so ask once a request. */
export type FaultScript = (query: FaultQuery) => Fault | undefined

export function createFaultScript(faults: readonly Fault[]): FaultScript {
  const entries = faults.map(fault => ({ fault, matched: 0, struck: 0 }))
  return query => {
    let chosen: Fault | undefined
    for (const entry of entries) {
      const conditions = entry.fault.when ?? {}
      if (!concerns(conditions, query)) continue
      entry.matched += 1
      if (chosen) continue
      const { afterCalls = 0, everyNth = 1, forCalls = Number.POSITIVE_INFINITY } = conditions
      const place = entry.matched - afterCalls
      if (place < 1 || place % everyNth !== 0 || entry.struck >= forCalls) continue
      entry.struck += 1
      chosen = entry.fault
    }
    return chosen
  }
}

function concerns(conditions: z.input<typeof when>, query: FaultQuery): boolean {
  const { path, stage, prompt, record, ask, textIncludes, share } = conditions
  if (path === undefined ? query.path === 'models' : path !== query.path) return false
  if (stage !== undefined && stage !== query.stage) return false
  if (prompt !== undefined && prompt !== query.prompt) return false
  if (record !== undefined && !query.record.includes(record)) return false
  if (ask !== undefined && ask !== query.ask) return false
  if (share !== undefined && unit(hashText(query.record)) >= share) return false
  return textIncludes === undefined || query.text().includes(textIncludes)
}
