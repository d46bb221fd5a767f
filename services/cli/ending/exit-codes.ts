/** Exit codes of every command. Documented in docs/operations.md. */
export const exitCodes = {
  ok: 0,
  /** Something was found wrong, or not all of the input could be read. */
  problems: 1,
  usage: 2,
  /** Bad data, or an incompatible schema. */
  badData: 65,
  /** A dependency cannot be reached. */
  unavailable: 69,
  /** A defect of ours. */
  internal: 70,
  /** The pipeline halted: it will not go on by itself. */
  halted: 75,
  notAuthorised: 77,
  configuration: 78,
  interrupted: 130,
  terminated: 143
} as const

/** Ends the command with a message for a person and an exit code. The message says what, why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: number
  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}

/** Several things wrong with the configuration, all named at once. */
export const configurationError = (problems: readonly string[]): CommandError =>
  new CommandError(
    exitCodes.configuration,
    `The configuration is invalid:\n${problems.map(problem => `  ${problem}`).join('\n')}`
  )
