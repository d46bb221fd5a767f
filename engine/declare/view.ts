import type { AnyTopic, ValueOf } from './topic.ts'

/**
 * A view is a fold over topics, private to a process and rebuilt from them at start. Nothing else is state.
 * `State` may be mutated in place.
 */
export interface View<State, Settings> {
  /** For notices. */
  readonly name: string
  /** The topics it is folded from, by a name of its own. They must be kept as long as the view needs them. */
  readonly reads: Readonly<Record<string, AnyTopic>>
  /** The state before the first record. */
  create(settings: Settings): State
  /**
   * Called once per committed record, in offset order within a partition, in any order across partitions: the state must
   * not depend on the latter. A record that cannot be decoded is left out, with a notice.
   * @param from name of the topic in `reads`
   */
  fold(state: State, from: string, value: unknown): void
  /**
   * The record that asked will not be settled by this process: give back what `question` took on its behalf. Where this is
   * left out, nothing is given back.
   */
  giveBack?(state: State, recordId: string): void
}

/**
 * Declares a view by one fold a topic.
 * @example defineView({ name: 'counts', reads: { tickets }, create: () => new Map<string, number>(),
 *   folds: { tickets: (counts, { kind }) => void counts.set(kind, (counts.get(kind) ?? 0) + 1) } })
 */
export function defineView<State, Settings, const Reads extends Readonly<Record<string, AnyTopic>>>(view: {
  readonly name: string
  readonly reads: Reads
  create(settings: Settings): State
  readonly folds: { readonly [K in keyof Reads]: (state: State, value: ValueOf<Reads[K]>) => void }
  giveBack?(state: State, recordId: string): void
}): View<State, Settings> {
  const { folds, ...rest } = view
  return Object.freeze({
    ...rest,
    fold: (state: State, from: string, value: unknown) => folds[from as keyof Reads](state, value as never)
  })
}
