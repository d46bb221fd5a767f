import { type AnyDecisionStage, randomFrom } from '../../declare/index.ts'
import type { StageContext } from '../ground/stage-context.ts'
import type { Answered } from '../record/record-flow.ts'
import { defect } from '../record/record-flow.ts'
import { type DecisionPart, type Settlement, settlementOf, type Verdict } from '../record/settlement.ts'

type Answer = Extract<Answered, { as: 'verdict' | 'answers' }>

/** Gives verdicts in offset order, whatever the order of the answers, and folds each into the view at once. */
export class DecisionOrder {
  readonly #context: StageContext
  readonly #stage: AnyDecisionStage
  readonly #view: unknown
  /** Answers by offset; null for an offset that needs no verdict (a hole, or settled before). */
  readonly #waiting = new Map<number, Answer | null>()
  #next: number

  /** @param from the base of the partition: everything before it has been decided and folded. */
  constructor(context: StageContext, view: unknown, from: number) {
    this.#context = context
    this.#stage = context.stage as AnyDecisionStage
    this.#view = view
    this.#next = from
  }

  /** An offset that needs no verdict. */
  pass(offset: number): Settlement[] {
    this.#waiting.set(offset, null)
    return this.#advance()
  }

  /** An answered record. Returns what can be settled now, in offset order. */
  add(offset: number, answer: Answer): Settlement[] {
    this.#waiting.set(offset, answer)
    return this.#advance()
  }

  #advance(): Settlement[] {
    const settled: Settlement[] = []
    for (;;) {
      const answer = this.#waiting.get(this.#next)
      if (answer === undefined) return settled
      this.#waiting.delete(this.#next++)
      if (answer !== null) settled.push(this.#settle(answer))
    }
  }

  #settle(answer: Answer): Settlement {
    const { settlement, decision } = this.#settlement(answer)
    // The decision as it was built is not what a successor folds: that one has been through its schema.
    const { topic } = this.#context.place(this.#stage.decisions)
    const output = settlement.outputs.find(record => record.topic === topic)
    if (!decision || !output) throw new Error(`${this.#stage.name} settled without a decision record`)
    const folded = this.#context.codec.decode(this.#stage.decisions.schema, output.value)
    this.#stage.fold(this.#view, folded)
    return settlement
  }

  #settlement(answer: Answer): ReturnType<typeof settlementOf> {
    const { verdict, part } = this.#decide(answer)
    try {
      return settlementOf(this.#context, answer.input, verdict, answer.calls, part)
    } catch (error) {
      return settlementOf(this.#context, answer.input, defect(error), answer.calls)
    }
  }

  #decide(answer: Answer): { verdict: Verdict; part?: DecisionPart } {
    if (answer.as === 'verdict') return { verdict: answer.verdict }
    const { input, asked, answers } = answer
    try {
      const { outcome, decision } = this.#stage.decide(input.value, answers as never, {
        settings: this.#context.settings,
        asked: asked as never,
        random: randomFrom(`${input.id}/decide`),
        view: this.#view
      })
      return decision ? { verdict: outcome as Verdict, part: decision } : { verdict: outcome as Verdict }
    } catch (error) {
      return { verdict: defect(error) }
    }
  }
}
