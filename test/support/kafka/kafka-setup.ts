import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startBroker, startRegistry } from '../../../infra/kafka/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the broker that all tests share. */
    bootstrap: string
    registryUrl: string
  }
}

/** One broker and one registry for all tests against real Kafka. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), 'fanno-kafka-'))
  const notice = (text: string) => console.error(text)
  const kafka = await startBroker({ data, notice })
  const registry = await startRegistry({ data, notice })
  project.provide('bootstrap', kafka.bootstrap)
  project.provide('registryUrl', registry.url)
  return async () => {
    await Promise.all([kafka.stop(), registry.stop()])
    rmSync(data, { recursive: true, force: true })
  }
}
