import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { isSecret, variables } from './variables.ts'

/** Where values come from, the strongest first. */
export interface ValueSources {
  /** By variable name. */
  readonly flags: Readonly<Record<string, string | undefined>>
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `fanno.config.yaml` is looked for here. */
  readonly cwd: string
}

export interface Collected {
  readonly values: Readonly<Record<string, string>>
  /** Prompt files by prompt id. */
  readonly prompts: ReadonlyMap<string, string>
  /** `set` of the file: settings of stages. */
  readonly assignments: readonly string[]
  /** `preset` of the file. */
  readonly preset: string | undefined
  readonly problems: readonly string[]
}

const fileName = 'fanno.config.yaml'
const promptPrefix = 'FANNO_PROMPT_'

/**
 * Gathers values as text: flag before environment before file. Reads secrets from their files. Names what is not
 * known: a misspelt variable would otherwise be passed over in silence.
 */
export function collectValues({ flags, environment, cwd }: ValueSources): Collected {
  const problems: string[] = []
  const file = readConfigurationFile(cwd, problems)
  const known = Object.keys(variables.shape)
  const values: Record<string, string> = {}
  const prompts = new Map<string, string>(Object.entries(file.prompts))
  for (const name of known) {
    const direct = flags[name] ?? (environment[name] || undefined)
    const value = direct ?? fromSecretFile(name, environment, problems) ?? file.values[name]
    if (value !== undefined) values[name] = value
  }
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('FANNO_') || !value) continue
    if (name.startsWith(promptPrefix))
      prompts.set(name.slice(promptPrefix.length).toLowerCase().replaceAll('_', '-'), value)
    else if (!known.includes(name) && !known.includes(secretOf(name) ?? ''))
      problems.push(`${name}: there is no such variable; .env.example lists them all`)
  }
  return { values, prompts, assignments: file.assignments, preset: file.preset, problems }
}

const secretOf = (name: string): string | undefined => {
  const base = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : ''
  return isSecret(base) ? base : undefined
}

function fromSecretFile(
  name: string,
  environment: ValueSources['environment'],
  problems: string[]
): string | undefined {
  const file = environment[`${name}_FILE`]
  if (!isSecret(name) || !file) return undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    problems.push(`${name}_FILE: ${(error as Error).message}`)
    return undefined
  }
}

interface ConfigurationFile {
  readonly values: Readonly<Record<string, string>>
  readonly prompts: Readonly<Record<string, string>>
  readonly assignments: readonly string[]
  readonly preset: string | undefined
}

/** Variables by name; beside them `preset`, `set` (settings of stages) and `prompts` (files by prompt id). */
function readConfigurationFile(cwd: string, problems: string[]): ConfigurationFile {
  const nothing = { values: {}, prompts: {}, assignments: [], preset: undefined }
  const path = join(cwd, fileName)
  if (!existsSync(path)) return nothing
  let parsed: unknown
  try {
    parsed = parseYaml(readFileSync(path, 'utf8')) ?? {}
  } catch (error) {
    problems.push(`${fileName}: ${(error as Error).message}`)
    return nothing
  }
  if (!isMapping(parsed)) {
    problems.push(`${fileName}: must be a mapping of variables to values`)
    return nothing
  }
  const { set = {}, prompts = {}, preset, ...rest } = parsed
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (Object.hasOwn(variables.shape, name)) values[name] = asText(value)
    else problems.push(`${fileName}: ${name}: there is no such variable; .env.example lists them all`)
  }
  for (const [name, value] of Object.entries({ set, prompts }))
    if (!isMapping(value)) problems.push(`${fileName}: ${name} must be a mapping`)
  return {
    values,
    prompts: isMapping(prompts) ? Object.fromEntries(Object.entries(prompts).map(([id, at]) => [id, String(at)])) : {},
    assignments: isMapping(set) ? Object.entries(set).map(([key, value]) => `${key}=${asText(value)}`) : [],
    preset: preset === undefined ? undefined : String(preset)
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
