/** What one stage did since this process started. Counted when committed, so that the figures are those on the log. */
export class StageCounters {
  emitted = 0
  rejected = 0
  deadLettered = 0
  /** Records written to the stage's outlets. */
  outputs = 0
  deferred = 0
  /** Records with questions at a model right now. */
  asking = 0
  readonly reasons: Record<string, number> = Object.create(null)

  count(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1
  }
}
