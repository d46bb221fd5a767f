import type { PairRecord } from './pairs-on-log.ts'

/** How pairs become text. `open` and `close` stand around them, `between` between two. */
export interface Format {
  readonly file: string
  readonly open: string
  readonly between: string
  readonly close: string
  readonly line: (found: PairRecord, rehearsal: boolean) => string
}

/**
 * - `alpaca`: one JSON array of {instruction, input, output}, as LLaMA-Factory's default columns want it.
 * - `messages`: JSON lines of {messages: [{role, content}, …]}, as OpenAI's fine-tuning takes them.
 * - `lineage`: JSON lines, one a pair and in the same order, with all that is known of where it comes from.
 */
export const formats = {
  alpaca: {
    file: 'alpaca.json',
    open: '[\n',
    between: ',\n',
    close: '\n]\n',
    line: ({ value: pair }) => JSON.stringify({ instruction: pair.instruction, input: '', output: pair.response })
  },
  messages: {
    file: 'messages.jsonl',
    open: '',
    between: '\n',
    close: '\n',
    line: ({ value: pair }) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: pair.instruction },
          { role: 'assistant', content: pair.response }
        ]
      })
  },
  lineage: {
    file: 'lineage.jsonl',
    open: '',
    between: '\n',
    close: '\n',
    line: ({ record, value: pair }, rehearsal) => {
      const { passage, instruction: _instruction, response: _response, lineage, ...rest } = pair
      return JSON.stringify({
        ...rest,
        rehearsal,
        document: {
          id: passage.documentId,
          givenId: passage.givenId,
          url: passage.url,
          title: passage.title,
          licence: passage.licence
        },
        passage,
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
        lineage
      })
    }
  }
} as const satisfies Readonly<Record<string, Format>>

export type FormatName = keyof typeof formats

/** Formats that hold pairs to train on; `lineage` goes beside them. */
export const pairFormats = ['alpaca', 'messages'] as const satisfies readonly FormatName[]

/** What is written by rehearsal says so in its name. */
export const fileName = (format: FormatName, rehearsal: boolean): string =>
  rehearsal ? `rehearsal-${formats[format].file}` : formats[format].file
