import { InferenceError, RefusedByServer, UnusableAnswer } from '../../inference/errors.ts'
import { Halt } from '../ground/halt.ts'
import type { Verdict } from './verdict.ts'

/** The verdict when questions failed: the gravest failure speaks. @throws Halt when it concerns every record. */
export function verdictOnFailure(stage: string, failures: readonly unknown[]): Verdict {
  const configuration = failures.find(f => f instanceof InferenceError && f.kind === 'configuration') as InferenceError
  if (configuration) {
    const code = configuration.status === 401 || configuration.status === 403 ? 'not-authorised' : 'model-configuration'
    const message = [configuration.message, configuration.remedy].filter(Boolean).join(' ')
    throw new Halt(code, stage, message, configuration)
  }
  const terminal = failures.find(f => f instanceof InferenceError && f.kind === 'record-terminal') as InferenceError
  if (terminal) {
    const error = terminal.evidence ? `${terminal.message}: ${terminal.evidence}` : terminal.message
    return {
      deadLetter: { code: terminal instanceof RefusedByServer ? 'refused-by-server' : 'record-terminal', error }
    }
  }
  const unusable = failures.find(f => f instanceof UnusableAnswer)
  if (unusable) return { rejected: 'unusable-answer', evidence: `${unusable.message}: ${unusable.evidence}` }
  const unexpected = failures.find(f => !(f instanceof InferenceError && f.kind === 'shutdown')) ?? failures[0]
  const message = `inference failed in an unknown way: ${(unexpected as Error).message}`
  throw new Halt('internal', stage, message, unexpected)
}
