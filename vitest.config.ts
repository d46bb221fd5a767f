import { globSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { isAvailable } from './infra/kafka/index.ts'
import { whyNoReader } from './test/support/kafka/independent-reader.ts'

const real = 'test/**/*.kafka.test.ts'
/** Packs both packages and installs them, for which the registry is needed. */
const installed = 'test/**/*.package.test.ts'
const required = process.env.KAFKA_TESTS === 'required'
const { reason } = isAvailable()

const limits = { testTimeout: 60_000, hookTimeout: 120_000 }
const kafka = {
  test: {
    ...limits,
    name: 'kafka',
    include: [real],
    globalSetup: ['test/support/kafka/kafka-setup.ts'],
    // They share one broker, and the broker shares two cores with them.
    fileParallelism: false
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...limits, name: 'fanno', include: ['test/**/*.test.ts'], exclude: [real, installed] } },
      { test: { ...limits, name: 'package', include: [installed] } },
      ...(reason === undefined || required ? [kafka] : [])
    ],
    reporters: ['default', { onTestRunEnd: tellNotRun }]
  }
})

/** In the last lines, so that nobody takes a run for more than it was. */
function tellNotRun(): void {
  if (process.argv.includes('kafka')) {
    const noReader = whyNoReader()
    if (noReader) console.log(`Read by our own client alone, where another was to read too: ${noReader}`)
  } else if (!process.argv.includes('package'))
    console.log(
      `Not among these: ${globSync(real).length} files of tests against a real broker (npm run test:kafka), ${globSync(installed).length} of installed packages (npm run test:package)`
    )
}
