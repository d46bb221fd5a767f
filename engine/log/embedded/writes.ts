import { createHash } from 'node:crypto'
import type { LogErrorCode } from '../errors.ts'
import type { Commit, TopicSpec } from '../port.ts'
import { sealRecord } from './format/sealed-record.ts'
import { type EpochKey, recordKey, type StoredTopic, type Tables } from './tables.ts'

/** What the writer thread is asked to do. Each request is carried out whole, or refused without a trace. */
export type WriteRequest =
  | { readonly kind: 'create-topics'; readonly topics: readonly TopicSpec[] }
  | { readonly kind: 'register-schema'; readonly text: string }
  | { readonly kind: 'take'; readonly owner: EpochKey }
  | CommitRequest

export interface CommitRequest {
  readonly kind: 'commit'
  readonly owner: EpochKey
  readonly epoch: number
  /** Absent for a writer that owns no partition. */
  readonly position: Commit | undefined
  /** Topic id and partition of each record. */
  readonly places: readonly (readonly [number, number])[]
  /** All frames, one after the other, each with room for its seal, and where each of them ends. */
  readonly frames: Uint8Array
  readonly frameEnds: readonly number[]
}

export type WriteReply =
  | { readonly kind: 'refused'; readonly code: LogErrorCode; readonly message: string }
  | { readonly kind: 'created' }
  | { readonly kind: 'registered'; readonly id: number }
  | { readonly kind: 'taken'; readonly epoch: number; readonly commit: Commit | undefined }
  | { readonly kind: 'committed' }
  | { readonly kind: 'fenced' }

/** Carries out one request inside a transaction. Whoever refuses has written nothing. */
export function carryOut(tables: Tables, request: WriteRequest): WriteReply {
  switch (request.kind) {
    case 'create-topics':
      return createTopics(tables, request.topics)
    case 'register-schema':
      return registerSchema(tables, request.text)
    case 'take':
      return take(tables, request.owner)
    case 'commit':
      return commit(tables, request)
  }
}

function createTopics(tables: Tables, topics: readonly TopicSpec[]): WriteReply {
  for (const { topic, partitions } of topics) {
    const existing = tables.topics.get(topic)
    if (existing && existing.partitions !== partitions) {
      const message = `topic ${topic} has ${existing.partitions} partitions, not ${partitions}: the number cannot be changed, because it maps keys to partitions`
      return { kind: 'refused', code: 'topic-mismatch', message }
    }
  }
  for (const { topic, partitions } of topics) {
    if (tables.topics.get(topic)) continue
    const stored: StoredTopic = { topic, partitions, id: increment(tables, 'lastTopicId') }
    tables.topics.put(topic, stored)
    tables.copies.put(['topic', topic], stored)
  }
  return { kind: 'created' }
}

function registerSchema(tables: Tables, text: string): WriteReply {
  const hash = hashOfSchema(text)
  const known = tables.schemaIds.get(hash)
  if (known !== undefined) return { kind: 'registered', id: known }
  const id = increment(tables, 'lastSchemaId')
  tables.schemas.put(id, text)
  tables.copies.put(['schema', id], text)
  tables.schemaIds.put(hash, id)
  return { kind: 'registered', id }
}

function take(tables: Tables, owner: EpochKey): WriteReply {
  const epoch = (tables.epochs.get(owner) ?? 0) + 1
  tables.epochs.put(owner, epoch)
  const position = owner[0] === 'partition' ? tables.commits.get([owner[1], owner[2], owner[3]]) : undefined
  return { kind: 'taken', epoch, commit: position }
}

function commit(tables: Tables, request: CommitRequest): WriteReply {
  const { owner, epoch, position, places, frameEnds } = request
  const frames = Buffer.from(request.frames.buffer, request.frames.byteOffset, request.frames.length)
  if (tables.epochs.get(owner) !== epoch) return { kind: 'fenced' }
  const ends = new Map<string, { readonly place: readonly [number, number]; end: number }>()
  let begin = 0
  for (const [index, place] of places.entries()) {
    const name = place.join('/')
    const at = ends.get(name) ?? { place, end: tables.ends.get(place) ?? 0 }
    ends.set(name, at)
    const bytes = frames.subarray(begin, frameEnds[index])
    sealRecord(bytes, ...place, at.end)
    tables.records.putSync(recordKey(...place, at.end), bytes)
    at.end++
    begin = frameEnds[index]!
  }
  for (const { place, end } of ends.values()) tables.ends.put(place, end)
  if (position && owner[0] === 'partition') tables.commits.put([owner[1], owner[2], owner[3]], position)
  if (places.length > 0) increment(tables, 'appends')
  return { kind: 'committed' }
}

function increment(tables: Tables, counter: 'lastTopicId' | 'lastSchemaId' | 'appends'): number {
  const value = ((tables.state.get(counter) as number | undefined) ?? 0) + 1
  tables.state.put(counter, value)
  return value
}

export const hashOfSchema = (text: string): string => createHash('sha256').update(text).digest('hex')
