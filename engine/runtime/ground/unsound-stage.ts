import type { AnyDecisionStage } from '../../declare/index.ts'
import { lacksOfEnvelope } from '../../schemas/envelope.ts'
import { nameOfSchema } from '../../schemas/load.ts'

/** A stage broke a rule of its declaration: its record is dead-lettered as a defect. The message says which rule. */
export class UnsoundStage extends Error {
  override readonly name = 'UnsoundStage'

  constructor(stage: string, what: string) {
    super(`${stage} ${what}`)
  }
}

/** @throws UnsoundStage when the stage's schema of decisions has no room for the engine's part of each. */
export function checkDecisionSchema({ name, decisions }: AnyDecisionStage): void {
  const problems = lacksOfEnvelope(decisions.schema)
  if (problems.length > 0)
    throw new UnsoundStage(name, `declares ${nameOfSchema(decisions.schema)} for its decisions: ${problems.join('; ')}`)
}
