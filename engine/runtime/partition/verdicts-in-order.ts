import type { AnyDecisionStage } from '../../declare/index.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { decided } from '../record/question.ts'
import { type DecisionPart, type Settlement, settle } from '../record/settlement.ts'
import { type AnsweredRecord, defect, type Verdict } from '../record/verdict.ts'
import type { Verdicts } from './verdicts.ts'

type OrderContext = Pick<
  StageContext,
  'settings' | 'stage' | 'headers' | 'configuration' | 'place' | 'codec' | 'driver'
>

/** Gives verdicts in offset order, whatever the order of the answers, and folds each into the view at once. */
export class VerdictsInOrder implements Verdicts {
  readonly inOrder = true
  readonly #context: OrderContext & { readonly view: unknown }
  readonly #stage: AnyDecisionStage
  readonly #decisions: string
  /** Answers by offset; null for an offset that needs no verdict (a hole, or settled before). */
  readonly #waiting = new Map<number, AnsweredRecord | null>()
  #next: number

  /** @param from the base of the partition: everything before it has been decided and folded into the view. */
  constructor(context: OrderContext, stage: AnyDecisionStage, view: unknown, from: number) {
    this.#context = { ...context, view }
    this.#stage = stage
    this.#decisions = context.place(stage.decisions).topic
    this.#next = from
  }

  pass(offset: number): readonly Settlement[] {
    this.#waiting.set(offset, null)
    return this.#advance()
  }

  add(offset: number, answered: AnsweredRecord): readonly Settlement[] {
    this.#waiting.set(offset, answered)
    return this.#advance()
  }

  #advance(): Settlement[] {
    const settled: Settlement[] = []
    for (;;) {
      const answered = this.#waiting.get(this.#next)
      if (answered === undefined) return settled
      this.#waiting.delete(this.#next++)
      if (answered !== null) settled.push(this.#settle(answered))
    }
  }

  #settle(answered: AnsweredRecord): Settlement {
    const { verdict, part } = this.#decide(answered)
    const settlement = settle(this.#context, answered.input, verdict, answered.calls, part)
    const output = settlement.outputs.find(({ topic }) => topic === this.#decisions)!
    // The decision as it was built is not what a successor folds: that one has been through its schema.
    this.#stage.fold(this.#context.view, this.#context.codec.decode(this.#stage.decisions.schema, output.value))
    return settlement
  }

  #decide(answered: AnsweredRecord): { readonly verdict: Verdict; readonly part?: DecisionPart } {
    if (answered.as === 'verdict') return answered
    try {
      return decided(this.#context, answered)
    } catch (error) {
      return { verdict: defect(error) }
    }
  }
}
