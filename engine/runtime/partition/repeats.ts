import type { LogRecord } from '../../log/port.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { decode } from '../record/decode.ts'
import type { DeadLettering, Input } from '../record/verdict.ts'

/** An input that carries its repeat key, where it can: one that is a dead letter anyway is nobody's first copy. */
const keyOf = (input: Input | DeadLettering): string | undefined =>
  'deadLetter' in input ? undefined : input.repeatKey

const scopeOf = (context: StageContext, partition: number): string => `${context.input}/${partition}`

/** Brings the index of one partition up to the position from which intake begins. */
export async function catchUpRepeats(
  context: StageContext,
  partition: number,
  base: number,
  signal: AbortSignal
): Promise<void> {
  const scope = scopeOf(context, partition)
  const { driver, repeats, input } = context
  const end = (await driver.ends(input))[partition]!
  // An index that is ahead of the log belongs to another log.
  if (repeats.checkpoint(scope) > end) repeats.reset(scope)
  let chunk: { key: string; offset: number }[] = []
  for await (const record of driver.read(input, partition, repeats.checkpoint(scope), base)) {
    const key = keyOf(await decode(context, record, signal))
    if (key !== undefined) chunk.push({ key, offset: record.offset })
    if (chunk.length >= 1_000) {
      repeats.fold(scope, chunk, record.offset + 1)
      chunk = []
    }
  }
  if (base > repeats.checkpoint(scope)) repeats.fold(scope, chunk, base)
}

/**
 * For each input, the offset of the first copy of its key in the partition where that is an earlier one.
 * `next` is one past the last offset among them.
 */
export function earlierCopies(
  context: StageContext,
  partition: number,
  inputs: readonly { readonly record: LogRecord; readonly input: Input | DeadLettering }[],
  next: number
): ReadonlyMap<number, number> {
  const keyed = inputs.flatMap(({ record, input }) => {
    const key = keyOf(input)
    return key === undefined ? [] : [{ key, offset: record.offset }]
  })
  const firsts = context.repeats.fold(scopeOf(context, partition), keyed, next)
  const earlier = new Map<number, number>()
  keyed.forEach(({ offset }, index) => {
    if (firsts[index]! < offset) earlier.set(offset, firsts[index]!)
  })
  return earlier
}
