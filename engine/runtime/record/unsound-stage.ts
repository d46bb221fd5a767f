/** A stage broke a rule of its declaration: its record is dead-lettered as a defect. The message says which rule. */
export class UnsoundStage extends Error {
  override readonly name = 'UnsoundStage'

  constructor(stage: string, what: string) {
    super(`${stage} ${what}`)
  }
}
