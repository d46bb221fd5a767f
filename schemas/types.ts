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

/** A run that was asked for a number of pairs, and where the topic of pairs ended then. (cut.avsc) */
export interface Cut {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** How many pairs were asked for. */
  readonly pairs: number
  /** hash: chosen by the hash of their ids; fastest: the first accepted. */
  readonly rule: string
  /** End offset of each partition of pairs when the cut was made. */
  readonly ends: readonly number[]
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

/** One verdict of a decision stage. The fold of these records is the view of the stage. (decision.avsc) */
export interface Decision {
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
  /** Number given to a representative or to an accepted instruction, from 1; 0 where none was given. */
  readonly number: number
  /** recordId of the decision whose embedding was nearest. */
  readonly nearestId: null | string
  /** Cosine similarity to it. */
  readonly similarity: number
  /** Tag cells issued. */
  readonly cells: number
  /** Place in the permutation of the first cell issued. */
  readonly firstCell: number
  /** Components of the quantised unit vector, one signed byte each. */
  readonly embedding: Buffer
  /** Factor of the components. */
  readonly scale: number
  /** The embedder that made the vector. */
  readonly embedder: string
}

/** A document as it was ingested. Keyed by givenId. (document.avsc) */
export interface Document {
  /** The id or URL that the producer gives it; the record key. */
  readonly givenId: string
  /** Source URL. */
  readonly url: null | string
  /** Title. */
  readonly title: null | string
  /** Licence, as stated by the source. */
  readonly licence: null | string
  /** Media type of content. */
  readonly mediaType: string
  /** The document as it came, undecoded. */
  readonly content: Buffer
  /** Where it was ingested from: a file name, or the name of a producer. */
  readonly source: null | string
  /** Further fields of the producer, passed on unread. */
  readonly metadata: Readonly<Record<string, string>>
}

/** An instruction as the teacher wrote it. (draft.avsc) */
export interface Draft {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** seed or augmentation. */
  readonly origin: string
  /** The tag cell of a seed; null for an augmented one. */
  readonly cell: null | TagCell
  /** Ids of the pairs shown as counterexamples. */
  readonly counterexamples: readonly string[]
  /** 0 for a seed; else one more than the highest round among its counterexamples. */
  readonly round: number
  /** command or question. */
  readonly style: string
  /** The instruction. */
  readonly instruction: string
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** How far a source has been ingested; committed together with its documents. (ingest-position.avsc) */
export interface IngestPosition {
  /** Canonical name of the source. */
  readonly source: string
  /** Documents ingested from it so far. */
  readonly documents: number
  /** Bytes (decompressed) read so far. */
  readonly position: number
  /** Hash of those bytes. */
  readonly fingerprint: string
  /** True once its end was reached. */
  readonly complete: boolean
}

/** An accepted instruction: no near duplicate of an earlier one. (instruction.avsc) */
export interface Instruction {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** seed or augmentation. */
  readonly origin: string
  /** The tag cell of a seed; null for an augmented one. */
  readonly cell: null | TagCell
  /** Ids of the pairs shown as counterexamples. */
  readonly counterexamples: readonly string[]
  /** 0 for a seed; else one more than the highest round among its counterexamples. */
  readonly round: number
  /** command or question. */
  readonly style: string
  /** The instruction. */
  readonly instruction: string
  /** Probability that it names no unfamiliar private person, place or organisation. */
  readonly familiar: number
  /** Probability that it is safe. */
  readonly safe: number
  /** Probability that it is a question or command, not an article. */
  readonly instructs: number
  /** Probability that it can be answered. */
  readonly answerable: number
  /** Id of the record in vetted-drafts. */
  readonly draftId: string
  /** draftId of the nearest accepted instruction at the time, where there was one. */
  readonly nearestId: null | string
  /** Cosine similarity to it. */
  readonly similarity: number
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
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

/** An instruction-response pair that the judge accepted: the product. (pair.avsc) */
export interface Pair {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** seed or augmentation. */
  readonly origin: string
  /** The tag cell of a seed; null for an augmented one. */
  readonly cell: null | TagCell
  /** Ids of the pairs shown as counterexamples. */
  readonly counterexamples: readonly string[]
  /** 0 for a seed; else one more than the highest round among its counterexamples. */
  readonly round: number
  /** command or question. */
  readonly style: string
  /** The instruction. */
  readonly instruction: string
  /** Id of the record in instructions. */
  readonly instructionId: string
  /** The response. */
  readonly response: string
  /** Tokens of the response, counted by a tokenizer of fanno (o200k_base): the reward of a counterexample. */
  readonly responseTokens: number
  /** What the teacher saw beside the instruction: none or passage. */
  readonly context: string
  /** Expected mark by the judge, 1 to 5. */
  readonly score: number
  /** Probabilities of the marks 1 to 5, in order. */
  readonly scoreProbabilities: readonly number[]
  /** log-probabilities or structured-answer. */
  readonly scoreEvidence: string
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** A passage cut from a document. Keyed by the hash of its normalised text. (passage.avsc) */
export interface Passage {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** A passage and where it comes from, carried through to the pair. (passage-text.avsc) */
export interface PassageText {
  /** Hash of the given id or URL and of the bytes of the document. */
  readonly documentId: string
  /** Id or URL that the document came with. */
  readonly givenId: string
  /** Source URL, where the document has one. */
  readonly url: null | string
  /** Title, where the document has one. */
  readonly title: null | string
  /** Licence, where the document states one. */
  readonly licence: null | string
  /** Place within the document, from 0. */
  readonly ordinal: number
  /** The text. */
  readonly text: string
  /** Hash of the normalised text (case, white space and punctuation folded). */
  readonly textHash: string
  /** Length in estimated tokens. */
  readonly estimatedTokens: number
  /** ISO 639-1 code of the detected language; empty when undetermined. */
  readonly language: string
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

/** The one passage that stands for its community, to be augmented. (representative.avsc) */
export interface Representative {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** Number of the representative, from 1. */
  readonly number: number
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** A response that passed the response checks. (response.avsc) */
export interface Response {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** seed or augmentation. */
  readonly origin: string
  /** The tag cell of a seed; null for an augmented one. */
  readonly cell: null | TagCell
  /** Ids of the pairs shown as counterexamples. */
  readonly counterexamples: readonly string[]
  /** 0 for a seed; else one more than the highest round among its counterexamples. */
  readonly round: number
  /** command or question. */
  readonly style: string
  /** The instruction. */
  readonly instruction: string
  /** Id of the record in instructions. */
  readonly instructionId: string
  /** The response. */
  readonly response: string
  /** Tokens of the response, counted by a tokenizer of fanno (o200k_base): the reward of a counterexample. */
  readonly responseTokens: number
  /** What the teacher saw beside the instruction: none or passage. */
  readonly context: string
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** A passage that the teacher holds to be good text and no advertisement. (screened-passage.avsc) */
export interface ScreenedPassage {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** Probability that it is good text. */
  readonly quality: number
  /** Probability that it is an advertisement. */
  readonly advertisement: number
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}

/** What the nonces around document text are made from. Private: the first one of a pipeline counts, on a log that has no other place for it. (secret.avsc) */
export interface Secret {
  /** Always `secret`: there is one. */
  readonly id: string
  /** 32 random bytes in hexadecimal. */
  readonly value: string
}

/** A seed passage with one tag cell: the order for one seed instruction. (seed-brief.avsc) */
export interface SeedBrief {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** Number of the representative, from 1. */
  readonly number: number
  /** The tag cell to use. */
  readonly cell: TagCell
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

/** One combination of the tag grid (FANNO, seed instructions): 4 characters x 12 task types x 2 styles. (tag-cell.avsc) */
export interface TagCell {
  /** Place in the grid, 0 to 95. */
  readonly index: number
  /** What kind of thinking the instruction calls for. */
  readonly character: string
  /** Task type. */
  readonly taskType: string
  /** command or question. */
  readonly style: string
}

/** A draft that passed the hard rules and the teacher rules. (vetted-draft.avsc) */
export interface VettedDraft {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** Id of the record in passages. */
  readonly passageId: string
  /** The passage this record stems from. */
  readonly passage: PassageText
  /** seed or augmentation. */
  readonly origin: string
  /** The tag cell of a seed; null for an augmented one. */
  readonly cell: null | TagCell
  /** Ids of the pairs shown as counterexamples. */
  readonly counterexamples: readonly string[]
  /** 0 for a seed; else one more than the highest round among its counterexamples. */
  readonly round: number
  /** command or question. */
  readonly style: string
  /** The instruction. */
  readonly instruction: string
  /** Probability that it names no unfamiliar private person, place or organisation. */
  readonly familiar: number
  /** Probability that it is safe. */
  readonly safe: number
  /** Probability that it is a question or command, not an article. */
  readonly instructs: number
  /** Probability that it can be answered. */
  readonly answerable: number
  /** How this record came about, filled in by the engine. */
  readonly lineage: Lineage
}
