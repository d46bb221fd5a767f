import type { AnyStage } from '../../declare/index.ts'
import { isLogError } from '../../log/errors.ts'
import type { LogRecord } from '../../log/port.ts'
import type { StageContext } from '../ground/stage-context.ts'
import { type DeadLettering, defect, type Input } from './verdict.ts'

/**
 * Decodes a record and checks its key. Waits, with notice, while the registry does not answer.
 * @throws LogError `not-authorised`.
 */
export async function decode(
  context: Pick<StageContext, 'stage' | 'codec' | 'clock' | 'notice'>,
  record: LogRecord,
  signal: AbortSignal
): Promise<Input | DeadLettering> {
  const { stage, codec, clock } = context
  for (let wait = 250; ; wait = Math.min(wait * 2, 10_000)) {
    try {
      const value = (await codec.decode(stage.reads.schema, record.value)) as Record<string, unknown>
      return identify(stage, record, value)
    } catch (error) {
      if (isLogError(error, 'bad-frame') || isLogError(error, 'unknown-schema'))
        return { deadLetter: { code: error.code, error: error.message } }
      if (isLogError(error, 'not-authorised')) throw error
      context.notice(`${stage.name} waits for the schema registry: ${(error as Error).message}`)
      await clock.sleep(wait, signal)
      if (signal.aborted) throw error
    }
  }
}

/** Checks the key, and asks the stage for all it says of a record before any question. */
function identify(stage: AnyStage, record: LogRecord, value: Record<string, unknown>): Input | DeadLettering {
  let key: string
  let id: string
  try {
    key = stage.reads.key(value)
    id = stage.reads.id(value)
  } catch (error) {
    return { deadLetter: { code: 'bad-record', error: (error as Error).message } }
  }
  if (record.key?.toString() !== key) {
    const found = record.key === null ? 'absent' : `"${record.key.toString().slice(0, 200)}"`
    const error = `the record's key is ${found}, but must be "${key.slice(0, 200)}"`
    return { deadLetter: { code: 'wrong-key', error } }
  }
  try {
    return stage.repeats ? { record, value, id, repeatKey: stage.repeats.by(value) } : { record, value, id }
  } catch (error) {
    return defect(error)
  }
}
