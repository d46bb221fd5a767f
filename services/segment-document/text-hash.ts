import { hashOf } from '../../engine/declare/index.ts'

/**
 * Text as it is compared for exact repetition: compatibility forms folded (NFKC), lower case, each run of white space,
 * punctuation and symbols one space, none at the ends. Letters, marks and digits of any script remain.
 */
export const normaliseText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()

/** Hash of the normalised text: equal for two passages that differ in case, white space or punctuation alone. */
export const textHash = (text: string): string => hashOf(normaliseText(text))
