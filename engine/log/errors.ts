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
  'topic-mismatch': 'A topic exists with a different number of partitions.',
  'unknown-topic': 'A topic does not exist.',
  'unknown-schema': 'There is no schema with the id of the value.',
  'bad-frame': 'A value is not in Confluent wire format, or its Avro body cannot be decoded.',
  'record-too-large': 'A record is larger than the log accepts.',
  'log-in-use': 'Another process runs stages on this log.',
  'log-full': 'The disk or the log is full.',
  'log-version': 'The log was created by another version and cannot be read by this one.',
  'no-log': 'There is no log in the folder.',
  'log-damaged': 'A record or a page of the log is damaged.',
  'log-closed': 'The log was closed.',
  'schema-incompatible': 'A schema is not compatible with the latest one of its subject.',
  unavailable: 'The log is not available.',
  'not-authorised': 'The log denies access.'
} as const

export type LogErrorCode = keyof typeof logErrorCodes

export const isLogError = (error: unknown, code?: LogErrorCode): error is LogError =>
  error instanceof LogError && (code === undefined || error.code === code)
