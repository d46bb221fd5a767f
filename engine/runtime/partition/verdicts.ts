import type { StageContext } from '../ground/stage-context.ts'
import { decisionless } from '../record/question.ts'
import { type Settlement, settle } from '../record/settlement.ts'
import { type AnsweredRecord, defect, type Verdict } from '../record/verdict.ts'

/** From answered records to settlements: at once, or in offset order for a stage whose verdicts depend on those before. */
export interface Verdicts {
  /** A record that was asked about cannot be settled before every one in front of it. */
  readonly inOrder: boolean
  /** An offset that needs no verdict: a hole, or settled before. Returns what can be settled now. */
  pass(offset: number): readonly Settlement[]
  /** An answered record. Returns what can be settled now, in the order in which it is to be committed. */
  add(offset: number, answered: AnsweredRecord): readonly Settlement[]
}

type VerdictContext = Parameters<typeof settle>[0] & Pick<StageContext, 'settings' | 'view'>

export class VerdictsAtOnce implements Verdicts {
  readonly inOrder = false
  readonly #context: VerdictContext

  constructor(context: VerdictContext) {
    this.#context = context
  }

  pass(): readonly Settlement[] {
    return []
  }

  add(_offset: number, answered: AnsweredRecord): readonly Settlement[] {
    const { input, calls } = answered
    return [settle(this.#context, input, this.#verdict(answered), calls)]
  }

  #verdict(answered: AnsweredRecord): Verdict {
    if (answered.as === 'verdict') return answered.verdict
    try {
      return decisionless(this.#context, answered)
    } catch (error) {
      return defect(error)
    }
  }
}
