import {
  type AnyDecisionStage,
  type AnyPlainStage,
  type Asks,
  type Deferral,
  type Outcome,
  type Outlets,
  type Questions,
  randomFrom
} from '../../declare/index.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { UnsoundStage } from '../ground/unsound-stage.ts'
import type { DecisionPart } from './settlement.ts'
import type { AnsweredRecord, Input, Verdict } from './verdict.ts'

/** What a stage's functions are given besides the record. */
export type StageCall = Pick<StageContext, 'stage' | 'settings' | 'view'>

export type Said = Questions<Asks> | Outcome<Outlets, string> | Deferral

/**
 * What the stage's `question` says of a record, held against its declaration.
 * @throws what `question` throws; UnsoundStage when what it says breaks a rule.
 */
export function questionOf({ stage, settings, view }: StageCall, input: Input, released: boolean): Said {
  const random = randomFrom(`${input.id}/question`)
  const said = (stage as AnyPlainStage).question(input.value, { settings, view, random, released }) as Said
  if ('deferred' in said) {
    if (released)
      throw new UnsoundStage(stage.name, `deferred a record again (${said.deferred}) though it was released`)
    if (!(stage as AnyPlainStage).defersUntilDrained)
      throw new UnsoundStage(stage.name, `deferred a record (${said.deferred}) without declaring defersUntilDrained`)
  } else if ('ask' in said) {
    const asks = stage.asks as Asks
    const undeclared = Object.keys(said.ask).find(name => !Object.hasOwn(asks, name))
    if (undeclared !== undefined) throw new UnsoundStage(stage.name, `asked ${undeclared}, which it does not declare`)
    const missing = Object.keys(asks).find(name => said.ask[name] === undefined)
    if (missing !== undefined) throw new UnsoundStage(stage.name, `did not ask ${missing}: all asks are asked`)
  }
  return said
}

type WithAnswers = Extract<AnsweredRecord, { as: 'answers' }>

/** What a plain stage's `decide` says. @throws what it throws. */
export function decisionless({ stage, settings }: StageCall, { input, asked, answers }: WithAnswers): Verdict {
  const random = randomFrom(`${input.id}/decide`)
  return (stage as AnyPlainStage).decide(input.value, answers, { settings, asked, random }) as Verdict
}

/** What a decision stage's `decide` says, given the view as it stands. @throws what it throws. */
export function decided(
  { stage, settings, view }: StageCall,
  { input, asked, answers }: WithAnswers
): { readonly verdict: Verdict; readonly part: DecisionPart } {
  const random = randomFrom(`${input.id}/decide`)
  const context = { settings, asked: asked as never, random, view }
  const { outcome, decision } = (stage as AnyDecisionStage).decide(input.value, answers as never, context)
  return { verdict: outcome as Verdict, part: decision ?? {} }
}
