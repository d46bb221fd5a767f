import { askTopology, noInference, openBench, until } from './bench-stage.ts'

const records = 200_000
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`

/** Memory of a process whose stage hangs while records pile up before it. */
export async function backlogMemory(): Promise<void> {
  const bench = await openBench(4)
  const asked = new Set<string>()
  const hanging = {
    ...noInference,
    admit: async () => ({ release: () => {} }),
    answer: (_ask: unknown, _variables: unknown, context: { readonly record: string }) => {
      asked.add(context.record)
      return new Promise<never>(() => {})
    }
  }
  await bench.produce(5_000, 1_024)
  const running = await bench.start(askTopology, hanging)
  await until(() => asked.size === 4 * 1_024)
  globalThis.gc?.()
  const before = process.memoryUsage()
  await bench.produce(records - 5_000, 1_024)
  await new Promise(resolve => setTimeout(resolve, 2_000))
  globalThis.gc?.()
  const after = process.memoryUsage()
  console.log(
    `  with ${(5_000).toLocaleString('en')} waiting: heap ${megabytes(before.heapUsed)}, buffers ${megabytes(before.arrayBuffers)}, resident ${megabytes(before.rss)}`
  )
  console.log(
    `  with ${records.toLocaleString('en')} waiting: heap ${megabytes(after.heapUsed)}, buffers ${megabytes(after.arrayBuffers)}, resident ${megabytes(after.rss)}; held in the window: ${asked.size} records`
  )
  console.log(
    '  Left out: resident memory counts the pages of the log that the system keeps mapped; it takes them back when it needs them.'
  )
  void running
}
