/**
 * Every name that leaves this process in spans and metrics. The conventions for models are in development and for
 * messaging not yet stable: when they move, this file moves.
 *
 * Sources: OpenTelemetry semantic conventions 1.45 (messaging, error) and for generative AI as published with 1.41.
 * What carries content there (`gen_ai.input.messages`, `gen_ai.output.messages`, `gen_ai.system_instructions`,
 * `messaging.kafka.message.key`, `exception.message`) is left out on purpose, and there is no switch for it.
 */
export const messaging = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  topic: 'messaging.destination.name',
  partition: 'messaging.destination.partition.id',
  offset: 'messaging.kafka.offset',
  batchRecords: 'messaging.batch.message_count'
} as const

export const model = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
  temperature: 'gen_ai.request.temperature',
  topP: 'gen_ai.request.top_p',
  maxTokens: 'gen_ai.request.max_tokens',
  seed: 'gen_ai.request.seed',
  prompt: 'gen_ai.prompt.name',
  promptVersion: 'gen_ai.prompt.version',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  tokenType: 'gen_ai.token.type'
} as const

export const errorType = 'error.type'

/** Where the options say nothing. */
export const defaultNamespace = 'dataflow'
export const defaultScope = 'inference-dataflow'

/** Attributes that no convention names, within the namespace of the pipeline: `acme` gives `acme.stage`. */
export const attributesOf = (namespace: string) =>
  ({
    stage: `${namespace}.stage`,
    outcome: `${namespace}.outcome`,
    reason: `${namespace}.reason`,
    outputs: `${namespace}.outputs`,
    ask: `${namespace}.ask`,
    askNumber: `${namespace}.ask.number`,
    commitResult: `${namespace}.commit.result`,
    move: `${namespace}.move`,
    haltCode: `${namespace}.halt.code`
  }) as const

/** An OpenAI-compatible server of whoever's make: to say `openai` would name the wrong one. */
export const provider = 'openai_compatible'

/** Metrics recorded as things happen; all others are read from a snapshot, see `figures.ts`. */
export const durationsOf = (namespace: string) =>
  ({
    call: {
      name: 'gen_ai.client.operation.duration',
      unit: 's',
      description: 'Time until a model answered, retries and outages included.'
    },
    tokens: { name: 'gen_ai.client.token.usage', unit: '{token}', description: 'Tokens of a call, by type.' },
    commit: {
      name: `${namespace}.commit.duration`,
      unit: 's',
      description: 'Time until a commit had succeeded, pauses and further attempts included.'
    },
    takeOver: {
      name: `${namespace}.take_over.duration`,
      unit: 's',
      description:
        'Time until a partition that was assigned was taken: its last owner fenced, views and indexes caught up.'
    },
    answer: {
      name: `${namespace}.answer.duration`,
      unit: 's',
      description: 'Time until a question was answered, re-asks and outages included.'
    }
  }) as const

/** Token counts for which the convention recommends these bounds. */
export const tokenBounds: readonly number[] = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864
]

/** As servers name them; another word could be anything, and becomes `other`. */
export const finishReasons: ReadonlySet<string> = new Set([
  'stop',
  'length',
  'content_filter',
  'tool_calls',
  'abort',
  'repetition',
  'error'
])
