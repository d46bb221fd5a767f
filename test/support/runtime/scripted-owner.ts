import type { Commit, CommitResult, Fetched, OutputRecord, PartitionOwner } from '../../../engine/log/port.ts'

export const committed: CommitResult = { status: 'committed' }
export const fenced: CommitResult = { status: 'fenced' }

type Scripted = CommitResult | Promise<CommitResult>

/** An owner that answers its commits with these results, one after the other, and then with `otherwise`. */
export class ScriptedOwner implements PartitionOwner {
  readonly topic = 'p.texts.v1'
  readonly partition = 0
  readonly attempts: Commit[] = []
  /** Outputs of each attempt. */
  readonly outputs: (readonly OutputRecord[])[] = []
  /** How often it was released. */
  releases = 0
  readonly commitAtTake: Commit | undefined
  /** After the last scripted result; without it a further commit is a mistake. */
  otherwise: CommitResult | undefined
  /** What `next` finds; by default a mistake. */
  fetch: PartitionOwner['next'] = () => {
    throw new Error('nothing is read here')
  }
  readonly #results: Scripted[]

  constructor(commitAtTake: Commit | undefined, ...results: Scripted[]) {
    this.commitAtTake = commitAtTake
    this.#results = results
  }

  get released(): boolean {
    return this.releases > 0
  }

  next(...args: Parameters<PartitionOwner['next']>): Promise<Fetched> {
    return this.fetch(...args)
  }

  async commit(outputs: readonly OutputRecord[], position: Commit): Promise<CommitResult> {
    this.attempts.push(position)
    this.outputs.push(outputs)
    const result = this.#results.shift() ?? this.otherwise
    if (!result) throw new Error('a commit too many')
    return result
  }

  async release(): Promise<void> {
    this.releases++
  }
}
