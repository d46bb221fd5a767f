import { z } from 'zod'

const tokens = (byDefault: number, what: string) =>
  z.number().int().min(1).max(100_000).default(byDefault).describe(`${what}, in estimated tokens.`)

/** What shapes the passages of a document. */
export const settings = z
  .object({
    targetTokens: tokens(512, 'Target length of a passage'),
    minTokens: tokens(64, 'Minimum length of a passage'),
    maxTokens: tokens(1_024, 'Maximum length of a passage'),
    maxPassages: z.number().int().min(1).default(2_000).describe('Maximum number of passages per document.'),
    maxBytes: z
      .number()
      .int()
      .min(1)
      .default(16 * 1024 * 1024)
      .describe('Maximum size of a document, in bytes.')
  })
  .refine(({ minTokens, targetTokens, maxTokens }) => minTokens <= targetTokens && targetTokens <= maxTokens, {
    message: 'must be in order: minTokens <= targetTokens <= maxTokens'
  })

export type Settings = z.infer<typeof settings>
