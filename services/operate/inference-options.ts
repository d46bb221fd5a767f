import type { InferenceOptions } from '../../engine/inference/inference.ts'
import { requestNames } from '../topics.ts'

/** What is the same for all inference of ours: names in requests, and what a user can do about a wrong setting. */
export const inferenceDefaults = {
  ...requestNames,
  remedies: {
    key: 'Set OPENAI_API_KEY. An alias with its own endpoint needs its own key (FANNO_EMBEDDER_API_KEY, …): a key is sent only to the endpoint it was set for.',
    embeddings:
      'Name an endpoint that does (FANNO_EMBEDDER_BASE_URL, FANNO_EMBEDDER_MODEL), or use the built-in lexical embedder (FANNO_EMBEDDER=builtin).',
    baseUrlSetting: 'the base URL (OPENAI_BASE_URL, or that of the alias)',
    modelSetting: alias => `FANNO_${alias.toUpperCase()}_MODEL`
  }
} satisfies Partial<InferenceOptions>
