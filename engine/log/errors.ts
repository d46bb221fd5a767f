/** What can go wrong at the log. `code` is documented in docs/operations.md; a test keeps the two lists equal. */
export class LogError extends Error {
  readonly code: LogErrorCode
  constructor(code: LogErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LogError'
    this.code = code
  }
}

export const logErrorCodes = {
  'offset-gone': 'Retention deleted records that a group had not read.',
  'partition-lost': 'The group no longer assigns the partition to this process.',
  'topic-mismatch': 'A topic exists with another number of partitions.',
  'unknown-topic': 'A topic does not exist.',
  'unknown-schema': 'No schema has the id in a frame.',
  'bad-frame': 'A value is not in Confluent wire format, or its Avro body cannot be decoded.',
  'record-too-large': 'A record exceeds what the log accepts.',
  'log-in-use': 'Another process runs stages on this log.',
  'log-full': 'The disk or the log is full.',
  'log-version': 'Another version made the log, and this one cannot read it.',
  'no-log': 'There is no log in the folder.',
  'log-damaged': 'A record or a page of the log is not as it was written.',
  'log-closed': 'The log was closed.',
  'schema-incompatible': 'A schema cannot follow the one that its subject has.',
  unavailable: 'The log cannot be reached at present.',
  'not-authorised': 'The log refuses what this process asks for.'
} as const

export type LogErrorCode = keyof typeof logErrorCodes

export const isLogError = (error: unknown, code?: LogErrorCode): error is LogError =>
  error instanceof LogError && (code === undefined || error.code === code)
