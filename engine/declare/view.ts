import type { AnyTopic, ValueOf } from './topic.ts'

/**
 * A view is a fold over topics, private to a process and rebuilt from them at start. Nothing else is state.
 * `State` may be mutated in place.
 */
export interface View<State, Settings> {
  /** For messages. Kebab-case. */
  readonly name: string
  /** The topics it is folded from, by the name that `fold` is called with. */
  readonly reads: Readonly<Record<string, AnyTopic>>
  /** An empty state. Called once a start. */
  create(settings: Settings): State
  /** Called once per committed record, in offset order within a partition, in any order across partitions. */
  fold(state: State, from: string, value: unknown): void
  /** The record that asked will not be settled by this process: give back what `question` took on its behalf. */
  giveBack?(state: State, recordId: string): void
}

/**
 * Declares a view, with one fold a topic. A fold must depend on the state and the value alone: it is called for records
 * that are years old and for new ones alike. A record that cannot be decoded is left out, and told.
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
