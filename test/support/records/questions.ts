import { z } from 'zod'
import { definePrompt, delimit, delimited, embedding, grade, text, yesNo } from '../../../engine/declare/index.ts'
import { createInference, type InferenceOptions, type InferenceService } from '../../../engine/inference/inference.ts'
import type { AskContext } from '../../../engine/inference/port.ts'
import { inferenceDefaults } from '../../../services/operate/inference-options.ts'

const about = (name: string) =>
  definePrompt(new URL(`./prompts/${name}.prompt.md`, import.meta.url), z.object({ passage: delimited }))

/** One question of each kind, about a passage. */
export const isGood = yesNo('teacher', about('is-good'))
export const mark = grade('teacher', about('mark'))
export const retell = text('teacher', about('retell'))
export const embed = embedding('embedder')
export const everyAsk = [isGood, mark, retell, embed]

export const aPassage = (content = 'The tide comes in twice a day.') => ({ passage: delimit('passage', 'p1', content) })

export const askContext = (more: Partial<AskContext> = {}): AskContext => ({
  stage: 'screen-passage',
  record: 'r1',
  ask: 'quality',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  priority: { depth: 0, order: 0 },
  signal: new AbortController().signal,
  ...more
})

/** As quick as a test wants it. */
export const quickTiming = {
  retryMs: 1,
  maxRetryMs: 2,
  probeMs: 1,
  probeDeadlineMs: 2_000,
  noticeMs: 60_000,
  firstNoticeMs: 60_000
}

export const pipelineSecret = 'the secret of the pipeline'

/** Inference whose teacher and embedder are at one URL, with the notices it gave. */
export function inferenceAt(
  url: string | readonly string[],
  more: Partial<InferenceOptions> = {}
): { readonly inference: InferenceService; readonly notices: string[] } {
  const notices: string[] = []
  const alias = { baseUrls: [url].flat(), maxInFlight: 8, deadlineMs: 5_000 }
  const inference = createInference({
    ...inferenceDefaults,
    aliases: { teacher: alias, embedder: { ...alias, embeds: true } },
    promptFiles: new Map(),
    notice: text => notices.push(text),
    workerThreads: 1,
    timing: quickTiming,
    ...more
  })
  return { inference, notices }
}
