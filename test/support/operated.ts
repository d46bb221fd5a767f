import { readFileSync } from 'node:fs'
import { writeValues } from '../../engine/log/write.ts'
import type { Document } from '../../schemas/types.ts'
import type { ModelTargets, PipelineConfiguration } from '../../services/operate/configuration.ts'
import { inSession, type Session, type SessionOptions } from '../../services/operate/session.ts'
import { type Worked, work } from '../../services/operate/work.ts'
import { documents } from '../../services/topics.ts'
import { topology } from '../../services/topology.ts'

/** Real text: what was made up alike would be rejected alike. */
const pages = ['README.md', 'docs/operations.md', 'docs/kafka.md']

export const stories = (count: number): Document[] =>
  pages.slice(0, count).map(
    page =>
      ({
        givenId: page,
        mediaType: 'text/markdown',
        content: readFileSync(new URL(`../../${page}`, import.meta.url))
      }) as Document
  )

export const aliasesAt = (url: string): ModelTargets => {
  const chat = { baseUrls: [url], maxInFlight: 16, deadlineMs: 20_000 }
  return { teacher: chat, judge: chat, embedder: { builtin: 'lexical' } }
}

/** Settings of all stages, those of the judge changed. */
export const settingsOf = (judge: object = {}) =>
  new Map(
    topology.stages.map(stage => [stage.name, stage.settings.parse(stage.name === 'judge-response' ? judge : {})])
  )

/** The pipeline `news` on an embedded log in this folder. */
export const configurationIn = (
  dataDir: string,
  url: string,
  more: Partial<PipelineConfiguration> = {}
): PipelineConfiguration => ({
  pipeline: 'news',
  log: { kind: 'embedded', dataDir },
  partitions: 2,
  partitionsGiven: false,
  aliases: aliasesAt(url),
  rehearsalAliases: aliasesAt,
  prompts: new Map(),
  settings: settingsOf(),
  ...more
})

export const quiet = { notice: () => {}, warning: () => {} }

/** A session with nothing to tell, for what a test wants of it. */
export const openSession = <T>(
  configuration: PipelineConfiguration,
  use: (session: Session) => Promise<T>,
  more: Partial<SessionOptions> = {}
): Promise<T> =>
  inSession(
    {
      configuration,
      role: 'run',
      acceptChange: false,
      service: 'test',
      notices: quiet,
      signal: new AbortController().signal,
      ...more
    },
    use
  )

/** Appends that many stories, and runs all stages until everything has settled. */
export async function workThrough(session: Session, count: number): Promise<Worked> {
  await writeValues(session.open, 'news.stories', documents, stories(count))
  return work(session, { ...quiet, signal: new AbortController().signal, untilDrained: true, show: () => {} })
}
