import type { AnyTopic, ValueOf } from './topic.ts'

/**
 * A view is a fold over topics, private to a process and rebuilt from them at start. Nothing else is state.
 * `State` may be mutated in place.
 */
export interface View<State, Settings> {
  readonly name: string
  /** The topics it is folded from. */
  readonly reads: Readonly<Record<string, AnyTopic>>
  create(settings: Settings): State
  /** Called once per committed record, in offset order within a partition, in any order across partitions. */
  fold(state: State, from: string, value: unknown): void
  /** The record that asked will not be settled by this process: give back what `question` took on its behalf. */
  giveBack?(state: State, recordId: string): void
}

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
