import { threadId, workerData } from 'node:worker_threads'
import type { Watch } from './cpu-limit.ts'
import type { Ran } from './offload.ts'

const { module } = (workerData as [unknown, { module: string }])[1] ?? (workerData as { module: string })
const run = (await import(module)).default as (input: unknown) => unknown

/** Runs in a worker thread: the module named when the thread was made, on one input. */
export default async function offloaded({ input, watch }: { input: unknown; watch: Watch }): Promise<Ran> {
  Atomics.store(watch, 0, threadId)
  try {
    return { value: await run(input) }
  } catch (error) {
    const { message, stack } = error as Error
    return { error: stack ?? message }
  }
}
