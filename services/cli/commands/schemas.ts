import {
  administerRegistry,
  type Compatibility,
  type RegistryAdministration
} from '../../../engine/log/kafka/registry/registry-administration.ts'
import { subjectOf } from '../../../engine/log/registry.ts'
import { differences } from '../../../engine/schemas/differences.ts'
import { loadSchema } from '../../../engine/schemas/load.ts'
import { wantedTopics } from '../../cluster/topic-settings.ts'
import type { KafkaTarget } from '../../operate/configuration.ts'
import { namespace } from '../../topics.ts'
import { printableLine, table } from '../display/printable.ts'
import { exitCodes } from '../ending/exit-codes.ts'

export interface SchemasCommand {
  readonly target: KafkaTarget
  readonly pipeline: string
  readonly action: 'check' | 'register'
  readonly json: boolean
  readonly write: (text: string) => void
}

interface Subject {
  readonly subject: string
  readonly schema: string
  readonly compatibility: Compatibility
}

type Finding = Subject & {
  readonly state: 'registered' | 'new' | 'changed' | 'incompatible'
  /** Which fields, where it is incompatible. */
  readonly why: readonly string[]
}

/**
 * Compares the schemas of all topics with the registry, and registers what is missing. An incompatible one is named with
 * its fields, and then nothing is registered.
 */
export async function schemas({ target, pipeline, action, json, write }: SchemasCommand): Promise<number> {
  const registry = administerRegistry(target.registry)
  const findings: Finding[] = []
  for (const subject of subjectsOf(pipeline)) findings.push(await look(registry, subject))
  const incompatible = findings.filter(({ state }) => state === 'incompatible')
  const missing = findings.filter(({ state }) => state === 'new' || state === 'changed')
  if (action === 'register' && incompatible.length === 0)
    for (const { subject, schema, compatibility } of missing) await registry.register(subject, schema, compatibility)

  if (json) write(`${JSON.stringify(findings.map(({ schema, ...finding }) => finding))}\n`)
  else {
    const done = { registered: '=', new: '+', changed: '~', incompatible: '!' }
    const rows = findings.map(({ subject, state, compatibility }) => [done[state], subject, state, compatibility])
    write(`${table(['', 'subject', 'schema', 'rule'], rows).join('\n')}\n`)
    for (const { subject, why } of incompatible)
      write(`${why.map(said => printableLine(`${subject}: ${said}`)).join('\n')}\n`)
    if (incompatible.length > 0)
      write('This schema change is not compatible. Create a new version of the topic instead.\n')
    else if (action === 'register')
      write(`${missing.length} registered, ${findings.length - missing.length} already registered.\n`)
    else if (missing.length > 0) write('Register them with: fanno schemas register\n')
  }
  if (incompatible.length > 0) return exitCodes.badData
  return action === 'check' && missing.length > 0 ? exitCodes.problems : exitCodes.ok
}

const subjectsOf = (pipeline: string): readonly Subject[] =>
  wantedTopics(pipeline, 1, 'development').map(({ handle, topic }) => ({
    subject: subjectOf(topic),
    schema: JSON.stringify(loadSchema(handle.schema, namespace)),
    // Others may read with an older schema or a newer one than whoever wrote, of any version.
    compatibility: handle.audience === 'public' ? 'FULL_TRANSITIVE' : 'BACKWARD'
  }))

async function look(registry: RegistryAdministration, subject: Subject): Promise<Finding> {
  const latest = await registry.latest(subject.subject)
  if (latest === undefined) return { ...subject, state: 'new', why: [] }
  if (await registry.has(subject.subject, subject.schema)) return { ...subject, state: 'registered', why: [] }
  const found = differences(JSON.parse(latest), JSON.parse(subject.schema))
  const isRefused = !(await registry.accepts(subject.subject, subject.schema))
  if (!isRefused && (found.length === 0 || subject.compatibility === 'BACKWARD'))
    return { ...subject, state: 'changed', why: [] }
  return { ...subject, state: 'incompatible', why: found.length > 0 ? found : ['rejected by the registry'] }
}
