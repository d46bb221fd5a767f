import { globSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { isAvailable } from './infra/kafka/index.ts'

const real = 'test/**/*.kafka.test.ts'
const required = process.env.KAFKA_TESTS === 'required'
const { reason } = isAvailable()

const limits = { testTimeout: 60_000, hookTimeout: 120_000 }
const kafka = {
  test: {
    ...limits,
    name: 'kafka',
    include: [real],
    globalSetup: ['test/support/kafka-setup.ts'],
    // They share one broker, and the broker shares two cores with them.
    fileParallelism: false
  }
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...limits, name: 'fanno', include: ['test/**/*.test.ts'], exclude: [real] } },
      ...(reason === undefined || required ? [kafka] : [])
    ],
    reporters: ['default', { onTestRunEnd: () => (reason === undefined || required ? undefined : notRun(reason)) }]
  }
})

function notRun(reason: string): void {
  const files = globSync(real)
  console.log(`Not run, for want of a real broker (${reason}):\n${files.map(file => `  ${file}`).join('\n')}`)
}
