/** Checks the promise on a log as it is: every input one outcome, every id once. */
export type { StageCount } from './ledger.ts'
export { type Verification, verify } from './verify.ts'
export { type Violation, violationKinds } from './violations.ts'
