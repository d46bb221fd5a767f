import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RehearsalModel, startRehearsalModel } from '../../services/rehearsal-model/index.ts'
import { runExample } from '../support/example.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let folder: string
let model: RehearsalModel

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'six-questions-'))
  model = await startRehearsalModel({ mishaps: 0 })
})
afterEach(async () => {
  await model.close()
  rmSync(folder, { recursive: true, force: true })
})

it('runs with the engine alone beside it, and asks nothing when it is run again', async () => {
  cpSync(join(root, 'engine'), join(folder, 'engine'), { recursive: true })
  cpSync(join(root, 'examples/six-questions'), join(folder, 'examples/six-questions'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  expect(readdirSync(folder).sort()).toEqual(['engine', 'examples', 'node_modules'])
  const run = () => runExample(join(folder, 'examples/six-questions'), { OPENAI_BASE_URL: model.url })
  const first = await run()
  expect(first).toMatchObject({ code: 0 })
  expect(first.pairs.length).toBeGreaterThan(0)
  for (const pair of first.pairs) expect(Object.keys(pair)).toEqual(['instruction', 'response'])
  const asked = model.calls().length
  const again = await run()
  expect(again.pairs).toEqual(first.pairs)
  // What the preflight asks of the model itself, and nothing about a record: a first run asks six questions a passage.
  expect(asked).toBeGreaterThan(20)
  expect(model.calls().length - asked).toBeLessThan(6)
})
