import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, it } from 'vitest'
import { startRehearsalModel } from '../../../services/rehearsal-model/index.ts'
import { runExample } from '../../support/example.ts'

it('the example of six questions runs on a broker and a registry', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'six-questions-'))
  const model = await startRehearsalModel({ mishaps: 0 })
  try {
    const { code, pairs, errors } = await runExample(
      fileURLToPath(new URL('../../../examples/six-questions', import.meta.url)),
      {
        OPENAI_BASE_URL: model.url,
        KAFKA_BROKERS: inject('bootstrap'),
        SCHEMA_REGISTRY_URL: inject('registryUrl'),
        DATA_DIR: dir
      }
    )
    expect(errors).not.toContain('Error')
    expect(code).toBe(0)
    expect(pairs.length).toBeGreaterThan(0)
  } finally {
    await model.close()
    rmSync(dir, { recursive: true, force: true })
  }
})
