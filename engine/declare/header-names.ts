/** Names of the headers on every record that a stage writes. Invariants are checked against them, not against bookkeeping. */
export interface HeaderNames {
  /** The stage that wrote the record. */
  readonly stage: string
  /** `topic/partition/offset` of the record that this one is (part of) the outcome of. */
  readonly input: string
  /** What kind of outcome it is: see `OutcomeHeader`. */
  readonly outcome: string
  /** Hash of the stage's configuration (models, prompts, settings): 32 hexadecimal digits. */
  readonly configuration: string
}

/** Where whoever starts a pipeline gives none. */
export const defaultHeaderPrefix = 'dataflow-'

/** @param prefix of all four names: `acme-` gives `acme-stage`. Consumers rely on it: choose it once. */
export const headerNamesOf = (prefix = defaultHeaderPrefix): HeaderNames => ({
  stage: `${prefix}stage`,
  input: `${prefix}input`,
  outcome: `${prefix}outcome`,
  configuration: `${prefix}configuration`
})
