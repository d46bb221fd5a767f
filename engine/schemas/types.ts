// Generated from the .avsc files by `npm run schemas`. Do not edit.

/** One call to a model made for a record. (call.avsc) */
export interface Call {
  /** Name of the question within its stage. */
  readonly ask: string
  /** The model that answered, as its server names it. */
  readonly model: string
  /** Id in the front matter of the prompt; empty for embeddings. */
  readonly promptId: string
  /** Hash of the prompt file. */
  readonly promptHash: string
  /** Sampling temperature. */
  readonly temperature: number
  /** Nucleus sampling threshold. */
  readonly topP: number
  /** Most tokens the completion was allowed. */
  readonly maxTokens: number
  /** Prompt tokens as the server counted them, over all asks. */
  readonly promptTokens: number
  /** Completion tokens as the server counted them, over all asks. */
  readonly completionTokens: number
  /** Times the question was put: 1, and one more for each unusable answer. */
  readonly asks: number
}

/** What a configuration hash stands for; written with the first commit of a partition under it. (configuration.avsc) */
export interface Configuration {
  /** The hash. */
  readonly hash: string
  /** The stage. */
  readonly stage: string
  /** The input partition whose commits follow it from here on. */
  readonly partition: number
  /** The configuration as canonical JSON. */
  readonly canonical: string
}

/** A record that could not be processed, with the bytes as they came. (dead-letter.avsc) */
export interface DeadLetter {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** The stage that failed. */
  readonly stage: string
  /** Error code. */
  readonly code: string
  /** What went wrong. */
  readonly error: string
  /** Stack of the error, for a defect. */
  readonly stack: null | string
  /** Id of the input record, where it could be decoded. */
  readonly recordId: null | string
  /** Topic of the input record. */
  readonly inputTopic: string
  /** Partition of the input record. */
  readonly inputPartition: number
  /** Offset of the input record. */
  readonly inputOffset: number
  /** Key of the input record. */
  readonly key: null | Buffer
  /** Value of the input record. */
  readonly value: null | Buffer
  /** True where the value was too large to be kept whole. */
  readonly truncated: boolean
  /** Headers of the input record. */
  readonly headers: Readonly<Record<string, string>>
}

/** The engine's part of a decision record: every schema of decisions has these fields. (decision-envelope.avsc) */
export interface DecisionEnvelope {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the input record; empty where it could not be decoded. */
  readonly recordId: string
  /** Partition of the input record. */
  readonly inputPartition: number
  /** Offset of the input record. */
  readonly inputOffset: number
  /** emitted, rejected or dead-lettered. */
  readonly verdict: string
  /** Reason of a rejection or code of a dead letter; empty otherwise. */
  readonly reason: string
}

/** How a record came about: one step a stage, from the document on. (lineage.avsc) */
export interface Lineage {
  /** Id of the record that entered the topology: the document. */
  readonly rootId: string
  /** Id of the input record of the last step. */
  readonly parentId: string
  /** W3C trace context of the last step. */
  readonly traceparent: string
  /** The steps, oldest first. */
  readonly steps: readonly Step[]
}

/** A quality decision against a record, published as data. (rejection.avsc) */
export interface Rejection {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** The stage that decided. */
  readonly stage: string
  /** Why, one of the reasons the stage declares. */
  readonly reason: string
  /** The figure the decision rests on. */
  readonly score: null | number
  /** What was seen, shortened. */
  readonly evidence: null | string
  /** True where the rest of the record was emitted: no outcome of its own. */
  readonly partial: boolean
  /** Id of the input record. */
  readonly recordId: string
  /** Topic of the input record. */
  readonly inputTopic: string
  /** Partition of the input record. */
  readonly inputPartition: number
  /** Offset of the input record. */
  readonly inputOffset: number
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** One stage that a record went through. (step.avsc) */
export interface Step {
  /** Name of the stage. */
  readonly stage: string
  /** Configuration hash of the stage; the configurations topic holds what it stands for. */
  readonly configuration: string
  /** Id of the input record. */
  readonly recordId: string
  /** Input topic. */
  readonly topic: string
  /** Input partition. */
  readonly partition: number
  /** Input offset. */
  readonly offset: number
  /** The calls that led to the verdict. */
  readonly calls: readonly Call[]
}
