/** What a user can do about a setting that is wrong. Shown with the error, as a sentence. */
export interface Remedies {
  /** An endpoint refuses the key. */
  readonly key: string
  /** The model of an alias gives no embeddings. */
  readonly embeddings: string
  /** How the setting of a base URL is called, as in "check that the base URL leads to it". */
  readonly baseUrlSetting: string
  /** Name of the setting that chooses the model of an alias, as in "Set WRITER_MODEL to one of them". */
  readonly modelSetting: (alias: string) => string
}

export const defaultRemedies: Remedies = {
  key: 'Give the key that this endpoint wants.',
  embeddings: 'Name an endpoint and a model that give embeddings, or use the built-in lexical embedder.',
  baseUrlSetting: 'the base URL',
  modelSetting: alias => `the model of the alias ${alias}`
}
