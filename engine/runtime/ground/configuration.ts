import { type AnyAsk, type AnyStage, decidesInOrder, hashOf } from '../../declare/index.ts'
import type { Inference } from '../../inference/port.ts'

/** What shapes the content that a stage writes, and its hash. */
export interface StageConfiguration {
  readonly hash: string
  readonly canonical: string
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** JSON with the keys of every object in order, so that equal configurations are equal texts. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
    .join(',')}}`
}

export function configurationOf(stage: AnyStage, settings: unknown, inference: Inference): StageConfiguration {
  const asks = Object.fromEntries(
    Object.entries(stage.asks as Record<string, AnyAsk>).map(([name, ask]) => [
      name,
      { kind: ask.kind, ...inference.describe(ask) }
    ])
  )
  const canonical = canonicalJson({ stage: stage.name, settings, asks })
  return { hash: hashOf(canonical), canonical }
}

/** One setting that differs: `asks.quality.promptHash: 1a… -> 2b…`. */
export interface Difference {
  readonly path: string
  readonly was: string
  readonly is: string
}

export function differences(was: string, is: string): Difference[] {
  const before = flatten(JSON.parse(was) as Json)
  const after = flatten(JSON.parse(is) as Json)
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths
    .filter(path => before.get(path) !== after.get(path))
    .map(path => ({ path, was: before.get(path) ?? '(absent)', is: after.get(path) ?? '(absent)' }))
}

function flatten(value: Json, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) flatten(member as Json, path ? `${path}.${key}` : key, into)
  } else {
    into.set(path, JSON.stringify(value))
  }
  return into
}

/**
 * Whether a change may be accepted at all: vectors of another embedder cannot be compared with those a decision stage
 * has on record.
 */
export const isAcceptable = (stage: AnyStage, changes: readonly Difference[]): boolean =>
  !decidesInOrder(stage) ||
  !changes.some(({ path }) => {
    const name = /^asks\.([^.]+)\.model$/.exec(path)?.[1]
    return name !== undefined && (stage.asks as Record<string, AnyAsk>)[name]?.kind === 'embedding'
  })
