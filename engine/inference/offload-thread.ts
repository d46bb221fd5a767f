import { workerData } from 'node:worker_threads'
import type { Ran } from './offload.ts'

const { module } = (workerData as [unknown, { module: string }])[1] ?? (workerData as { module: string })
const run = (await import(module)).default as (input: unknown) => unknown

/** Runs in a worker thread: the module named when the thread was made, on one input. */
export default async function offloaded(input: unknown): Promise<Ran> {
  try {
    return { value: await run(input) }
  } catch (error) {
    const { message, stack } = error as Error
    return { error: stack ?? message }
  }
}
