// Generated from the .avsc files by `npm run schemas`. Do not edit.

import type { Lineage } from '../engine/schemas/types.ts'

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

/** A passage cut from a document. Keyed by the hash of its normalised text. (passage.avsc) */
export interface Passage {
  /** Unique within pipeline and topic: hash of stage, parent id, ordinal and configuration. */
  readonly id: string
  /** The passage this record stems from. */
  readonly passage: PassageText
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
