/** Names of the headers on every record that a stage writes. Invariants are checked against them, not against bookkeeping. */
export interface HeaderNames {
  /** Name of the stage that wrote the record: `screen-ticket`. */
  readonly stage: string
  /** `topic/partition/offset` of the record that this one is (part of) the outcome of: `acme.tickets.v1/0/17`. */
  readonly input: string
  /**
   * `emitted`, `rejected` or `dead-lettered`: the record is the outcome of its input, or one of several emitted together.
   * `partial` (a rejection beside an emission) and `decision` (what a decision stage remembers) are no outcomes.
   */
  readonly outcome: string
  /** Hash of the stage's configuration, 32 hexadecimal digits: its text is in the topic `configurations`. */
  readonly configuration: string
}

/** Where no prefix is given. */
export const defaultHeaderPrefix = 'dataflow-'

/** @param prefix of all four names: `acme-` gives `acme-stage`. Consumers rely on it: choose it once. */
export const headerNamesOf = (prefix = defaultHeaderPrefix): HeaderNames => ({
  stage: `${prefix}stage`,
  input: `${prefix}input`,
  outcome: `${prefix}outcome`,
  configuration: `${prefix}configuration`
})
