/** Replies as real servers gave them, less the fields that nobody reads: vLLM 0.33.0, llama-server, transformers serve 5.23. */
export interface RecordedReply {
  readonly server: string
  readonly to: string
  readonly status: number
  readonly body: unknown
}

const from = (server: string, to: string, status: number, body: unknown): RecordedReply => ({
  server,
  to,
  status,
  body
})

export const refusals = {
  vllmWrongKey: from('vLLM', 'a wrong key', 401, { error: 'Unauthorized' }),
  vllmUnknownModel: from('vLLM', 'an unknown model', 404, {
    error: {
      message: 'The model `nonesuch` does not exist. Valid aliases: tiny.',
      type: 'NotFoundError',
      param: 'model',
      code: 404
    }
  }),
  vllmNoRoute: from('vLLM', 'embeddings from a chat model', 404, { detail: 'Not Found' }),
  vllmOverflow: from('vLLM', 'a prompt that is too long', 400, {
    error: {
      message:
        "This model's maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens, which exceeds this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=2049)",
      type: 'BadRequestError',
      param: 'input_tokens',
      code: 400
    }
  }),
  vllmTooManyTokens: from('vLLM', 'max_tokens above the context', 400, {
    error: {
      message:
        'max_tokens=100000 cannot be greater than max_model_len=2048. Please request fewer output tokens. (parameter=max_tokens, value=100000)',
      type: 'BadRequestError',
      param: 'max_tokens',
      code: 400
    }
  }),
  vllmTooManyLogprobs: from('vLLM', '21 log-probabilities', 400, {
    error: {
      message: 'Requested sample logprobs of 21, which is greater than max allowed: 20 (parameter=logprobs, value=21)',
      type: 'BadRequestError',
      param: 'logprobs',
      code: 400
    }
  }),
  llamaWrongKey: from('llama-server', 'a wrong key', 401, {
    error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 }
  }),
  llamaNoRoute: from('llama-server', 'an unknown route', 404, {
    error: { message: 'File Not Found', type: 'not_found_error', code: 404 }
  }),
  llamaOverflow: from('llama-server', 'a prompt that is too long', 400, {
    error: {
      code: 400,
      message: 'request (5019 tokens) exceeds the available context size (2048 tokens), try increasing it',
      type: 'exceed_context_size_error',
      n_prompt_tokens: 5_019,
      n_ctx: 2_048
    }
  }),
  llamaSmallBatch: from('llama-server', 'an embedding input above its batch', 500, {
    error: {
      code: 500,
      message:
        'input (1400 tokens) is too large to process. increase the physical batch size (current batch size: 512)',
      type: 'server_error'
    }
  }),
  llamaNoEmbeddings: from('llama-server', 'embeddings from a chat model', 501, {
    error: {
      code: 501,
      message: 'This server does not support embeddings. Start it with `--embeddings`',
      type: 'not_supported_error'
    }
  }),
  transformersUnknownField: from('transformers serve', 'an unknown field', 422, {
    detail: "Unexpected fields in the request: {'priority'}"
  }),
  transformersCrash: from('transformers serve', 'max_tokens 0', 500, 'Internal Server Error'),
  transformersUnknownModel: from('transformers serve', 'an unknown model', 400, {
    detail: "Server is pinned to 'models/tiny-chat'; requested 'nonesuch'."
  })
} as const

/** vLLM at temperature 1: the sampled token stands first, so that the list is not sorted. */
export const vllmSampled = {
  id: 'chatcmpl-b4acad1f521e7887',
  model: 'tiny',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'bad', refusal: null, reasoning: null },
      logprobs: {
        content: [
          {
            token: 'bad',
            logprob: -4.769,
            top_logprobs: [
              { token: 'bad', logprob: -4.769 },
              { token: ' taken', logprob: -2.269 },
              { token: ' current', logprob: -2.582 }
            ]
          }
        ]
      },
      finish_reason: 'length',
      stop_reason: null
    }
  ],
  usage: { prompt_tokens: 25, total_tokens: 26, completion_tokens: 1, prompt_tokens_details: null }
}

/** llama-server with a logit bias: the token that was sampled is not in the list. */
export const llamaBiased = {
  choices: [
    {
      finish_reason: 'length',
      index: 0,
      message: { role: 'assistant', content: 'ES' },
      logprobs: {
        content: [
          {
            id: 4_061,
            token: 'ES',
            logprob: -12.078,
            top_logprobs: [
              { id: 1, token: 'ground', logprob: -2.981 },
              { id: 2, token: '/con', logprob: -3.034 },
              { id: 3, token: ' Se', logprob: -3.363 }
            ]
          }
        ]
      }
    }
  ],
  usage: { completion_tokens: 1, prompt_tokens: 33, total_tokens: 34, prompt_tokens_details: { cached_tokens: 32 } }
}

/** transformers serve: no `logprobs`, though they were asked for, and status 200. */
export const transformersWithout = {
  choices: [{ finish_reason: 'length', index: 0, message: { content: 'takencret', role: 'assistant' } }],
  model: 'models/tiny-chat@main',
  usage: { completion_tokens: 8, prompt_tokens: 25, total_tokens: 33 }
}

/** llama-server's structured answer, with the white space that a grammar allows. */
export const llamaStructured = '{ "answer": "yes",\n\n                 "p"\n\n\t\t   \t              :\n\n\t\t    9}'

export const modelLists = {
  vllm: {
    object: 'list',
    data: [{ id: 'tiny', object: 'model', owned_by: 'vllm', root: 'models/tiny-chat', max_model_len: 2_048 }]
  },
  llama: {
    models: [{ name: 'tiny', model: 'tiny', capabilities: ['completion'] }],
    object: 'list',
    data: [{ id: 'tiny', aliases: ['tiny'], object: 'model', owned_by: 'llamacpp', meta: { n_ctx: 2_048 } }]
  }
} as const
