/**
 * Why a pipeline could not be opened.
 * - `no-pipeline`: there is none at all.
 * - `unknown-pipeline`: there is none of that name.
 * - `several-pipelines`: one has to be named.
 * - `partitions-differ`: the topics have another number of partitions than was asked for.
 */
export type OperateErrorCode = 'no-pipeline' | 'unknown-pipeline' | 'several-pipelines' | 'partitions-differ'

/** A pipeline cannot be opened as asked. The message says what is there; the remedy depends on who asked. */
export class OperateError extends Error {
  override readonly name = 'OperateError'
  readonly code: OperateErrorCode
  constructor(code: OperateErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
