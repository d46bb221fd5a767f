/** What `fanno verify` can find wrong, by invariant (docs/architecture.md). */
export const violationKinds = {
  'no-outcome': 'I1: the offset is settled, but no record on the log is its outcome.',
  'outcome-of-unsettled': 'I1: a record is the outcome of an offset that is not settled.',
  'outcome-of-nothing': 'I1: a record is the outcome of an offset that holds no record.',
  'two-outcomes': 'I1: an offset has outcomes of two kinds, of two configurations, or twice one that must be single.',
  'decisions-missing': 'I1: a settled input of a decision stage has no decision record, or several.',
  'wrong-count': 'I2: committed offsets less holes differ from the outcomes counted.',
  'id-twice': 'I3: two committed records of a topic share an id.',
  undecodable: 'A record of ours cannot be decoded.',
  'settled-beyond-end': 'The position of a group lies behind the end of its topic.'
} as const

export type ViolationKind = keyof typeof violationKinds

export interface Violation {
  readonly kind: ViolationKind
  /** Stage, or topic for ids. */
  readonly of: string
  /** `topic/partition/offset` of the records concerned. */
  readonly records: readonly string[]
  readonly detail: string
}
