import { createInference } from '../../engine/inference/inference.ts'
import { asksOf } from '../../engine/runtime/process/pipeline.ts'
import { startRehearsalModel } from '../../services/rehearsal-model/index.ts'
import { askTopology, decideTopology, openBench, until } from './bench-stage.ts'

const hangMs = Number(process.env.BENCH_HANG_MS ?? 10_000)
const slots = 24
/** Tokens a second that make one call take about a tenth of a second: the model's pace is the bound, not this machine's. */
const decodeTokensPerSecond = 400

interface Measured {
  readonly perSecond: number
  readonly mostInFlight: number
}

/**
 * Settled records a second, over a window that begins when hanging calls have had time to gather.
 * The server has a slot for each call: a hanging one occupies its own, as a wedged request does.
 */
async function measure(maxInFlight: number, oneIn: number): Promise<Measured> {
  const server = await startRehearsalModel({
    slots: maxInFlight,
    decodeTokensPerSecond,
    mishaps: 0,
    faults: oneIn > 0 ? [{ when: { everyNth: oneIn, path: 'chat' }, do: 'hang', hangMs }] : []
  })
  const bench = await openBench(4)
  const alias = { baseUrls: [server.url], maxInFlight, deadlineMs: 10 * hangMs }
  const inference = createInference({
    aliases: { teacher: alias },
    promptFiles: new Map(),
    notice: text => console.error(text)
  })
  await inference.identify()
  inference.prepare(asksOf(askTopology), 'bench')
  await bench.produce(60_000, 256)
  const running = await bench.start(askTopology, inference, { drainMs: 100, windowRecords: 4_096 })
  const settled = async () => (await running.progress())[0]!.emitted
  const begin = performance.now()
  await until(() => performance.now() - begin > 1.5 * hangMs)
  const [from, since] = [await settled(), performance.now()]
  await until(() => performance.now() - since > 2 * hangMs)
  const perSecond = ((await settled()) - from) / ((performance.now() - since) / 1_000)
  const { mostRunning: mostInFlight } = server.stats()
  await running.stop()
  await inference.close()
  await server.close()
  await bench.close()
  return { perSecond, mostInFlight }
}

/** A decision stage gives its verdicts in order: what one hanging embedding costs, and what it does not. */
async function hangingEmbedding(): Promise<void> {
  const server = await startRehearsalModel({
    faults: [{ when: { path: 'embeddings', afterCalls: 2_000, forCalls: 1 }, do: 'hang', hangMs }]
  })
  const bench = await openBench(1)
  const alias = { baseUrls: [server.url], maxInFlight: slots, deadlineMs: 10 * hangMs }
  const inference = createInference({
    aliases: { embedder: { ...alias, embeds: true } },
    promptFiles: new Map(),
    notice: text => console.error(text)
  })
  await inference.identify()
  inference.prepare(asksOf(decideTopology), 'bench')
  const records = 6_000
  await bench.produce(records, 256)
  const running = await bench.start(decideTopology, inference)
  let [settled, since, longest, answered] = [0, performance.now(), 0, 0]
  await until(async () => {
    const now = (await running.progress())[0]!.emitted
    if (now > settled) {
      if (performance.now() - since > longest) {
        longest = performance.now() - since
        answered = server.stats().answered - settled
      }
      settled = now
      since = performance.now()
    }
    return settled === records
  })
  console.log(
    `  one embedding hangs ${hangMs / 1_000} s: verdicts, which are in order, stood still for ${(longest / 1_000).toFixed(1)} s; meanwhile ${answered} later records had been embedded, and followed at once`
  )
  await running.stop()
  await inference.close()
  await server.close()
  await bench.close()
}

/** One chat call in a hundred hangs: the others must not notice, given the slots that hang. */
export async function hangingCalls(): Promise<void> {
  const calm = await measure(slots, 0)
  // By Little's law: as many calls hang at a time as begin to hang while one does.
  const hanging = Math.ceil((calm.perSecond / 100) * (hangMs / 1_000))
  const hung = await measure(slots + hanging, 100)
  console.log(`  without hangs: ${calm.perSecond.toFixed(1)} records a second with ${slots} in flight`)
  console.log(
    `  one call in 100 hangs ${hangMs / 1_000} s: ${hung.perSecond.toFixed(1)} with ${slots + hanging} in flight, ratio ${(hung.perSecond / calm.perSecond).toFixed(3)}`
  )
  await hangingEmbedding()
}
