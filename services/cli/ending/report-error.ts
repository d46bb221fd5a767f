import { InferenceError } from '../../../engine/inference/errors.ts'
import { isLogError, type LogErrorCode } from '../../../engine/log/errors.ts'
import { Halt } from '../../../engine/runtime/ground/halt.ts'
import { ConfigurationChanged } from '../../../engine/runtime/process/configuration-change.ts'
import { ForeignFolder } from '../../export/index.ts'
import { OperateError, type OperateErrorCode } from '../../operate/errors.ts'
import { printable } from '../display/printable.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

const logExitCodes: Partial<Record<LogErrorCode, number>> = {
  'log-in-use': exitCodes.unavailable,
  'log-full': exitCodes.halted,
  'offset-gone': exitCodes.halted,
  'topic-mismatch': exitCodes.configuration,
  'unknown-topic': exitCodes.configuration,
  'not-authorised': exitCodes.notAuthorised,
  unavailable: exitCodes.unavailable,
  'log-damaged': exitCodes.badData,
  'log-version': exitCodes.badData,
  'no-log': exitCodes.usage,
  'schema-incompatible': exitCodes.badData,
  'unknown-schema': exitCodes.badData,
  'bad-frame': exitCodes.badData
}

const operateExitCodes: Readonly<Record<OperateErrorCode, number>> = {
  'no-pipeline': exitCodes.usage,
  'unknown-pipeline': exitCodes.usage,
  'several-pipelines': exitCodes.usage,
  'partitions-differ': exitCodes.configuration
}

const operateRemedies: Readonly<Record<OperateErrorCode, string>> = {
  'no-pipeline': 'Create one with fanno run or fanno ingest.',
  'unknown-pipeline': 'Select one of these with --pipeline.',
  'several-pipelines': 'Select one with --pipeline.',
  'partitions-differ': 'Set FANNO_PARTITIONS to the number they have, or use another --pipeline.'
}

/** The exit code an error stands for. Anything unknown is a defect of ours. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError || error instanceof Halt) return error.exitCode
  if (error instanceof ConfigurationChanged) return exitCodes.configuration
  if (error instanceof OperateError) return operateExitCodes[error.code]
  if (error instanceof InferenceError) {
    if (error.kind !== 'configuration') return exitCodes.unavailable
    return error.status === 401 || error.status === 403 ? exitCodes.notAuthorised : exitCodes.configuration
  }
  if (isLogError(error)) return logExitCodes[error.code] ?? exitCodes.internal
  if (error instanceof ForeignFolder) return exitCodes.usage
  if (isDiskFull(error)) return exitCodes.halted
  if (isRefused(error)) return exitCodes.notAuthorised
  return exitCodes.internal
}

/** What to tell a person. The stack only where it is our own defect. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error))
  if (isLogError(error, 'log-damaged') || (error instanceof Halt && error.code === 'log-damaged'))
    return printable(`${error.message}\n${afterDamage}`)
  if (error instanceof Halt)
    return printable(
      `${error.stage} halted (${error.code}): ${error.message}\nNothing is lost. Fix the cause, then start again.`
    )
  if (error instanceof ConfigurationChanged)
    return printable(`${error.message}\n${error.isAcceptable ? afterChange : afterOtherEmbedder}`)
  if (error instanceof OperateError) return printable(`${error.message} ${operateRemedies[error.code]}`)
  if (error instanceof InferenceError) return printable([error.message, error.remedy].filter(Boolean).join('\n'))
  if (isDiskFull(error)) {
    const isLimit = systemCode(error) === 'EFBIG'
    const reason = isLimit ? 'A file has reached the file size limit (ulimit -f)' : 'The disk is full'
    return printable(
      `${reason}: ${error.message}\nNothing is lost. Free disk space or raise the limit, then start again.`
    )
  }
  if (isRefused(error)) return printable(`Permission denied, or the file system is read-only: ${error.message}`)
  if (exitCodeOf(error) === exitCodes.internal)
    return printable(`This is a bug in fanno. Please report it.\n${error.stack ?? error.message}`)
  return printable(error.message)
}

const systemCode = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : ''

const isDiskFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error))

const isRefused = (error: unknown): boolean => ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error))

const afterChange =
  'To continue with the new configuration, add --accept-change. The lineage of each record shows which configuration made it. To start again from the beginning, add --fresh or use another --pipeline.'
const afterOtherEmbedder =
  'Embeddings of different models cannot be compared, so this change cannot be accepted. Start again from the beginning with --fresh, or use another --pipeline.'

const afterDamage = `fanno verify lists all damage. fanno export and fanno cat return the records that are intact.
Restore the folder from a backup, or start again with --fresh.`
