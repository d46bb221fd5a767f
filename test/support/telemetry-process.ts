import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import '../../engine/runtime/process/pipeline.ts'
import { startTelemetry } from '../../engine/telemetry/start.ts'
import { snapshot } from './simulated/snapshots.ts'

/**
 * A process with telemetry as its environment says: processes so many records, ends telemetry, and says how that went in
 * one line of JSON.
 */
const records = Number(process.argv[2])
const notices: string[] = []
const telemetry = await startTelemetry({
  service: 'fanno',
  namespace: 'fanno',
  system: 'embedded',
  notice: text => notices.push(text)
})
for (let offset = 0; offset < records; offset++) {
  const traceparent = `00-${'ab'.repeat(16)}-${(offset + 1).toString(16).padStart(16, '0')}-01`
  const record = telemetry.record('a-stage', traceparent, { topic: 'topic', partition: 0, offset, headers: {} })
  record.call({ operation: 'chat', model: 'm', ask: 'a', number: 1 }).replied({ promptTokens: 1 })
  record.end('emitted', '', 1)
  // Exports go on meanwhile, as they do between the commits of a pipeline.
  if (offset % 500 === 499) await sleep(20)
}
telemetry.observe(snapshot())
const began = performance.now()
await telemetry.shutdown()
const shutdownMs = performance.now() - began
const loaded = Object.keys(createRequire(import.meta.url).cache).filter(path => path.includes('@opentelemetry')).length
process.stdout.write(`${JSON.stringify({ shutdownMs, notices, loaded })}\n`)
