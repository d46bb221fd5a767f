import type { LogRecord } from '../../log/port.ts'
import { answer } from '../record/record-flow.ts'
import { traced } from '../record/spans.ts'
import type { AnsweredRecord, DeadLettering, Input } from '../record/verdict.ts'
import type { CommitLoop } from './commit-loop.ts'
import { Deferral } from './deferral.ts'
import type { FlowState } from './flow-state.ts'
import type { Entry } from './in-flight.ts'

/** The records of one partition, one promise each, from the moment they are read until their outcome is known. */
export class Asking {
  readonly #state: FlowState
  readonly #commits: Pick<CommitLoop, 'add'>
  readonly #deferral: Deferral
  #count = 0

  constructor(state: FlowState, commits: Pick<CommitLoop, 'add'>) {
    this.#state = state
    this.#commits = commits
    this.#deferral = new Deferral({
      context: state.context,
      partition: state.taken.partition,
      inFlight: state.inFlight,
      changed: state.changed,
      stopping: state.stopping,
      ask: (entry, input, released) => this.#ask(entry, input, released)
    })
  }

  /** Records that are asked about. */
  get count(): number {
    return this.#count
  }

  /** A record was read. @param earlier the offset of its first copy, where that is an earlier one. */
  begin(record: LogRecord, input: Input | DeadLettering, earlier: number | undefined): void {
    const { context, inFlight } = this.#state
    const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0)
    const entry = inFlight.add(record.offset, bytes, record.timestamp)
    if ('deadLetter' in input)
      this.#answered(entry, { as: 'verdict', input: traced(context, { record }), verdict: input, calls: [] })
    else if (earlier !== undefined)
      this.#answered(entry, this.#repeat(traced(context, { ...input, isCopy: true }), earlier))
    else void this.#ask(entry, input, false)
  }

  /** Asks deferred records again. @param releasedBefore those deferred before this mark may not be deferred again. */
  async wake(releasedBefore: number): Promise<void> {
    const { stopping, context } = this.#state
    try {
      await this.#deferral.wake(releasedBefore)
    } catch (error) {
      // Whatever is deferred is woken again.
      if (!stopping.aborted && !context.outage.explains(error)) this.#state.fail(error)
    }
  }

  #repeat(input: Input, earlier: number): AnsweredRecord {
    const { context, taken } = this.#state
    const rejected = context.stage.repeats!.as
    const evidence = `stood at offset ${earlier} of partition ${taken.partition} before`
    return { as: 'verdict', input, verdict: { rejected, evidence, repeat: true }, calls: [] }
  }

  async #ask(entry: Entry, input: Input, released: boolean): Promise<void> {
    const { context, stopping, withdrawal, changed } = this.#state
    entry.id = input.id
    entry.admission = new AbortController()
    if (stopping.aborted) entry.admission.abort()
    let asked = false
    try {
      const result = await answer(context, traced(context, input), {
        released,
        asking: () => {
          asked = true
          entry.state = 'asking'
          this.#countAsking(1)
        },
        admission: entry.admission.signal,
        signal: withdrawal
      })
      if (result.as === 'deferred') this.#deferral.defer(entry)
      else if (result.as === 'withdrawn') {
        // Unread for the log, and for this process out of the way.
        entry.state = 'parked'
        changed.changed()
      } else this.#answered(entry, result)
    } catch (error) {
      this.#state.fail(error)
    } finally {
      entry.admission = undefined
      // Not before its outcome waits for a commit: else a stop, or `quiet`, would find neither.
      if (asked) this.#countAsking(-1)
    }
  }

  #countAsking(change: 1 | -1): void {
    this.#count += change
    this.#state.context.counters.asking += change
    this.#state.changed.changed()
  }

  #answered(entry: Entry, answered: AnsweredRecord): void {
    entry.state = 'answered'
    for (const settlement of this.#state.taken.verdicts.add(entry.offset, answered)) this.#commits.add(settlement)
  }
}
