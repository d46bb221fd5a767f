import { isLogError } from '../../log/errors.ts'
import { ForeignPosition } from './foreign-position.ts'

/** Why a pipeline can not go on. Documented in docs/operations.md; a test keeps the two lists equal. */
export const haltCodes = {
  'configuration-changed': { exitCode: 78, means: 'The configuration differs from the one this stage last ran with.' },
  'model-configuration': { exitCode: 78, means: 'An endpoint, model, key or prompt is wrong for every record.' },
  'not-authorised': { exitCode: 77, means: 'An endpoint or the log denies access.' },
  'repeated-defect': { exitCode: 75, means: 'A function of a stage failed in the same way many times in a row.' },
  'offsets-vanished': { exitCode: 75, means: 'The committed position of a group is missing.' },
  'position-overwritten': { exitCode: 75, means: 'Another program commits positions for the group of a stage.' },
  'input-gone': { exitCode: 75, means: 'Retention deleted records that were not yet read.' },
  'log-full': { exitCode: 75, means: 'The disk or the log is full.' },
  'log-damaged': { exitCode: 65, means: 'A record or a page of the log is damaged.' },
  'commit-unresolved': { exitCode: 75, means: 'The outcome of a commit is unknown.' },
  'membership-lost': { exitCode: 75, means: 'The consumer group removed this process permanently.' },
  internal: { exitCode: 70, means: 'A bug in the engine.' }
} as const

export type HaltCode = keyof typeof haltCodes

export class Halt extends Error {
  readonly code: HaltCode
  readonly stage: string
  constructor(code: HaltCode, stage: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'Halt'
    this.code = code
    this.stage = stage
  }
  get exitCode(): number {
    return haltCodes[this.code].exitCode
  }
}

/** What an unexpected error means for a stage. */
export function haltOn(stage: string, error: unknown): Halt {
  if (error instanceof Halt) return error
  const message = error instanceof Error ? error.message : String(error)
  if (isLogError(error, 'offset-gone')) return new Halt('input-gone', stage, message, error)
  if (isLogError(error, 'not-authorised')) return new Halt('not-authorised', stage, message, error)
  if (isLogError(error, 'log-damaged')) return new Halt('log-damaged', stage, message, error)
  if (error instanceof ForeignPosition) return new Halt('position-overwritten', stage, message, error)
  return new Halt('internal', stage, message, error)
}
