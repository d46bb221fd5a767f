import { lexicalDimensions as dimensions, lexicalEmbedding } from '../../../engine/inference/models/lexical-embedder.ts'
import type { Fault } from '../faults/faults.ts'
import { countTokens } from '../model/tokens.ts'
import { rehearsalEmbeddingModel } from '../options.ts'
import { refuseModel } from './chat-route.ts'
import { errorReply, json, type Reply } from './reply.ts'

/** Answers at once: embeddings take no slot and no time, as from a small model of its own. */
export function answerEmbeddings(
  body: Readonly<Record<string, unknown>>,
  fault: Fault | undefined,
  maxModelLen: number
): Reply {
  const refusal = refuseModel(body.model, rehearsalEmbeddingModel)
  if (refusal) return refusal
  const refuse = (message: string, param: string) => errorReply({ status: 400, message, param })
  const inputs = typeof body.input === 'string' ? [body.input] : body.input
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every(input => typeof input === 'string')) {
    return refuse('input must be a string or a list of strings; lists of token ids are not served.', 'input')
  }
  if (inputs.some(input => input === '')) return refuse('input must not be empty.', 'input')
  const encoding = body.encoding_format ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64') {
    return refuse("encoding_format should be 'float' or 'base64'.", 'encoding_format')
  }
  if (body.dimensions !== undefined && body.dimensions !== null && body.dimensions !== dimensions) {
    return refuse(`This model has ${dimensions} dimensions and cannot be made smaller.`, 'dimensions')
  }
  const lengths = inputs.map(countTokens)
  const tooLong = lengths.find(length => length > maxModelLen)
  if (tooLong !== undefined) {
    return refuse(
      `This model's maximum context length is ${maxModelLen} tokens. However, your input has ${tooLong} tokens.`,
      'input_tokens'
    )
  }
  const model = fault?.do === 'other-model' ? `${rehearsalEmbeddingModel}-b` : rehearsalEmbeddingModel
  const promptTokens = lengths.reduce((sum, length) => sum + length, 0)
  const data = inputs.map((input, index) => {
    const vector = lexicalEmbedding(input)
    return { object: 'embedding', index, embedding: encoding === 'float' ? Array.from(vector) : inBase64(vector) }
  })
  return {
    ...json(200, {
      object: 'list',
      data: fault?.do === 'no-choices' ? [] : data,
      model,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens, completion_tokens: 0 }
    }),
    usage: { model, promptTokens, completionTokens: 0 }
  }
}

/** Little-endian 32-bit floats, as the openai client decodes them. */
function inBase64(vector: Iterable<number>): string {
  const floats = Float32Array.from(vector)
  return Buffer.from(floats.buffer).toString('base64')
}
