import { afterEach, beforeEach, expect, it } from 'vitest'
import type { InferenceService } from '../../engine/inference/inference.ts'
import { aPassage, askContext, everyAsk, inferenceAt, isGood, pipelineSecret } from '../support/records/questions.ts'
import { type ScriptedReply, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts'

/**
 * One garbled reply, or a single 500, to a question of the preflight decided for the whole run: "gives no embeddings"
 * ended it with exit code 78, or halted the stage that asked late, and nothing moved any more; log-probabilities counted
 * as missing from then on.
 */

let server: ScriptedServer
let inference: InferenceService | undefined
beforeEach(async () => {
  server = await startScriptedServer()
})
afterEach(async () => {
  await inference?.close()
  await server.close()
})

const odd: Readonly<Record<string, ScriptedReply>> = {
  'a failure': { status: 500, body: { error: { message: 'out of memory' } } },
  'half of a reply': { body: '{"object": "li' },
  'a web page': { body: '<!doctype html><p>It works!' },
  nothing: { body: '' },
  'something else': { body: { hello: 'world' } }
}

it.each(Object.keys(odd))('%s in place of any one reply of the preflight changes nothing', async what => {
  let questions = 1
  for (let at = 1; at <= questions; at++) {
    let asked = 0
    server.answer(() => (++asked === at ? odd[what] : undefined))
    const made = inferenceAt(server.url)
    inference = made.inference
    inference.prepare(everyAsk, pipelineSecret)
    await inference.identify()
    questions = Math.max(questions, asked - 1)
    const { answer } = await inference.answer(isGood, aPassage(), askContext())
    expect(answer, `odd at ${at} of ${questions}`).toMatchObject({ evidence: 'log-probabilities' })
    expect(made.notices, `odd at ${at} of ${questions}`).toEqual([])
    await inference.close()
  }
  expect(questions).toBeGreaterThan(4)
})

it.each(['a failure', 'something else'])('%s in place of every reply of embeddings is still told', async what => {
  server.answer(({ path }) => (path === '/embeddings' ? odd[what] : undefined))
  inference = inferenceAt(server.url).inference
  inference.prepare(everyAsk, pipelineSecret)
  await expect(inference.identify()).rejects.toMatchObject({
    kind: 'configuration',
    message: expect.stringContaining('gives no embeddings')
  })
})
