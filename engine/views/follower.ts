import { type AnyTopic, topicName, type View } from '../declare/index.ts'
import type { Codec } from '../log/codec.ts'
import { isLogError } from '../log/errors.ts'
import type { LogDriver } from '../log/port.ts'

/** Keeps the state of a view up to date with its topics. */
export interface Follower {
  readonly state: unknown
  /** Folds everything up to the ends as they are now. True when the view changed. */
  catchUp(): Promise<boolean>
}

/** A view that is empty: `catchUp` fills it. */
export function followView(
  view: View<unknown, unknown>,
  settings: unknown,
  log: { readonly driver: LogDriver; readonly codec: Codec; readonly pipeline: string; notice(text: string): void }
): Follower {
  const state = view.create(settings)
  const positions = new Map<string, number>()
  let running: Promise<boolean> = Promise.resolve(false)

  const foldPartition = async (from: string, topic: AnyTopic, partition: number, end: number): Promise<boolean> => {
    const name = topicName(log.pipeline, topic)
    const place = `${name}/${partition}`
    const position = positions.get(place) ?? (await log.driver.starts(name))[partition]!
    if (position >= end) return false
    for await (const record of log.driver.read(name, partition, position, end)) {
      try {
        view.fold(state, from, await log.codec.decode(topic.schema, record.value))
      } catch (error) {
        if (!isLogError(error, 'bad-frame') && !isLogError(error, 'unknown-schema')) throw error
        log.notice(`the view ${view.name} leaves out ${place}/${record.offset}: ${error.message}`)
      }
      positions.set(place, record.offset + 1)
    }
    positions.set(place, end)
    return true
  }
  const fold = async (): Promise<boolean> => {
    let changed = false
    for (const [from, topic] of Object.entries(view.reads)) {
      const ends = await log.driver.ends(topicName(log.pipeline, topic))
      for (const [partition, end] of ends.entries())
        if (await foldPartition(from, topic, partition, end)) changed = true
    }
    return changed
  }
  return {
    state,
    // One after the other: a record must be folded once.
    catchUp: () => {
      running = running.catch(() => false).then(fold)
      return running
    }
  }
}
