/** Something a person can mend: the message says what is wrong, why, and what to do. */
export class LocalKafkaError extends Error {
  override readonly name = 'LocalKafkaError'
  /** 69 where something that is needed is not there, 2 where the request cannot be meant so. */
  readonly exitCode: 2 | 69
  constructor(message: string, exitCode: 2 | 69 = 69, cause?: unknown) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}
