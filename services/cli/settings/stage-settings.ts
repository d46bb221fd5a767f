import type { z } from 'zod'
import type { AnyStage, Topology } from '../../../engine/declare/index.ts'

export interface ResolvedSettings {
  /** Parsed settings by stage name, defaults filled in. */
  readonly settings: ReadonlyMap<string, unknown>
  readonly problems: readonly string[]
}

type Given = Record<string, unknown>

/**
 * Settings of all stages: what the stages declare, changed by a preset, changed by assignments `KEY=VALUE`. A key is
 * `stage-name.setting`, or the setting alone where one stage has it, or where all that have it
 * declare it as shared. Problems are gathered, not thrown.
 */
export function resolveSettings(
  topology: Topology,
  preset: Readonly<Record<string, object | undefined>>,
  assignments: readonly string[]
): ResolvedSettings {
  const problems: string[] = []
  const given = new Map<string, Given>(topology.stages.map(stage => [stage.name, { ...preset[stage.name] }]))
  for (const assignment of assignments) {
    const problem = assign(topology, given, assignment)
    if (problem) problems.push(`--set ${assignment}: ${problem}`)
  }
  const settings = new Map<string, unknown>()
  for (const stage of topology.stages) {
    const parsed = (stage.settings as z.ZodType).safeParse(given.get(stage.name))
    if (parsed.success) settings.set(stage.name, parsed.data)
    else
      for (const { path, message } of parsed.error.issues)
        problems.push(`--set ${[stage.name, ...path.map(String)].join('.')}: ${message}`)
  }
  return { settings, problems }
}

function assign(topology: Topology, given: Map<string, Given>, assignment: string): string | undefined {
  const at = assignment.indexOf('=')
  if (at < 1) return 'must be KEY=VALUE'
  const key = assignment.slice(0, at)
  const text = assignment.slice(at + 1)
  const owners = ownersOf(topology, key)
  const name = key.split('.').at(-1)!
  if (owners.length === 0) return `there is no such setting. There are: ${settingNames(topology).join(', ')}`
  const shapes = new Set(owners.map(stage => (stage.settings as SettingsShape).shape[name]))
  const [shape] = shapes
  if (owners.length > 1 && !(shapes.size === 1 && shape?.meta()?.shared === true))
    return `several stages have this setting; use ${owners.map(stage => `${stage.name}.${name}`).join(' or ')}`
  for (const stage of owners) given.get(stage.name)![name] = valueFrom(shape!, text)
  return undefined
}

type SettingsShape = { readonly shape: Readonly<Record<string, z.ZodType>> }

function ownersOf(topology: Topology, key: string): AnyStage[] {
  const [stageName, name] = key.includes('.') ? (key.split('.', 2) as [string, string]) : [undefined, key]
  return topology.stages.filter(
    stage =>
      (stageName === undefined || stage.name === stageName) &&
      Object.hasOwn((stage.settings as SettingsShape).shape, name)
  )
}

/**
 * Text as the value that the setting takes: as JSON where that fits, as it stands, or as a list separated by commas.
 */
function valueFrom(type: z.ZodType, text: string): unknown {
  const candidates = [() => JSON.parse(text) as unknown, () => text, () => text.split(',').map(part => part.trim())]
  for (const candidate of candidates) {
    try {
      const value = candidate()
      if (type.safeParse(value).success) return value
    } catch {
      // Not JSON: the next form may fit.
    }
  }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Every setting of every stage, `stage-name.setting`. */
export const settingNames = (topology: Topology): string[] =>
  topology.stages.flatMap(stage =>
    Object.keys((stage.settings as SettingsShape).shape).map(name => `${stage.name}.${name}`)
  )
