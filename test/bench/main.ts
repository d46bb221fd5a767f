/** `npm run bench [name…]`: measurements, each against a baseline in the same run. Nothing is asserted. */
import { backlogMemory } from './backlog-memory.ts'
import { hangingCalls } from './hanging-calls.ts'
import { logThroughput } from './log-throughput.ts'

const benches: Readonly<Record<string, { readonly about: string; readonly run: () => Promise<void> }>> = {
  log: {
    about: 'one stage without inference on the embedded log, exactly once, against bare lmdb',
    run: logThroughput
  },
  memory: { about: 'memory while 200,000 records wait for a model that hangs', run: backlogMemory },
  kafka: {
    about: 'one stage without inference on Kafka, exactly once, against plain kafkajs loops',
    run: async () => (await import('./kafka-throughput.ts')).kafkaThroughput()
  },
  'kafka-partitions': {
    about: 'commits, CPU and memory of a process with 1, 12 and 48 partitions',
    run: async () => (await import('./kafka-throughput.ts')).kafkaPartitions()
  },
  'kafka-memory': {
    about: 'memory while 1,000,000 records wait on Kafka for a model that hangs',
    run: async () => (await import('./kafka-throughput.ts')).kafkaMemory()
  },
  hangs: { about: 'rate while one chat call in a hundred hangs, against a run without hangs', run: hangingCalls },
  turns: {
    about: 'longest time on the main thread over hostile texts of 100,000 characters, against prose',
    run: async () => (await import('./longest-turns.ts')).longestTurns()
  },
  ucb: {
    about: 'cost of a draw of counterexamples by size of the pool',
    run: async () => void (await import('./ucb.ts'))
  },
  communities: {
    about: 'streaming against batch community detection on real passages',
    run: async () => void (await import('./communities.ts'))
  }
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
for (const [name, { about, run }] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n${name}: ${about}`)
  await run()
}
process.exit(0)
