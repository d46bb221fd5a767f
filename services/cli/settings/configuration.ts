import type { Topology } from '../../../engine/declare/index.ts'
import { type Alias, aliases, type ModelTargets, type PipelineConfiguration } from '../../operate/configuration.ts'
import { type PresetName, presets } from '../../presets.ts'
import { lexicalModel } from '../../topics.ts'
import type { LogLevel } from '../display/json-display.ts'
import { configurationError } from '../ending/exit-codes.ts'
import type { HealthOptions } from '../health.ts'
import { logTarget } from './log-target.ts'
import { resolveSettings } from './stage-settings.ts'
import { collectValues, type ValueSources } from './value-sources.ts'
import { type Values, variables } from './variables.ts'

/** The configuration of a command: that of a pipeline, and what concerns the process alone. */
export interface Configuration extends PipelineConfiguration {
  /** Named by flag, environment or file, not by default. */
  readonly pipelineGiven: boolean
  /** Where a serving process answers for its health; undefined where it does not. */
  readonly health: HealthOptions | undefined
  readonly logLevel: LogLevel
  readonly preset: PresetName
}

export interface ConfigurationOptions extends ValueSources {
  readonly topology: Topology
  readonly preset?: string | undefined
  /** What to take where nobody names a preset. */
  readonly defaultPreset?: PresetName
  /** `--set`, as given. */
  readonly assignments?: readonly string[]
  /** `--prompt`, as given. */
  readonly promptFiles?: readonly string[]
  /** What is wrong with these prompt files. */
  readonly checkPrompts?: (prompts: ReadonlyMap<string, string>) => readonly string[]
}

/**
 * The configuration of a command: flag before environment before `fanno.config.yaml` before default.
 * @throws CommandError (exit code 78) naming all that is wrong, each with its variable or flag.
 */
export function loadConfiguration(options: ConfigurationOptions): Configuration {
  const collected = collectValues(options)
  const problems = [...collected.problems]
  const parsed = variables.safeParse(collected.values)
  if (!parsed.success)
    for (const { path, message } of parsed.error.issues) {
      const name = path.join('.')
      problems.push(`${options.flags[name] === undefined ? name : (flagOf[name] ?? name)}: ${message}`)
    }

  const prompts = new Map(collected.prompts)
  for (const given of options.promptFiles ?? []) {
    const [, id, file] = /^([^=]+)=(.+)$/.exec(given) ?? []
    if (id && file) prompts.set(id, file)
    else problems.push(`--prompt ${given}: must be ID=FILE`)
  }

  problems.push(...(options.checkPrompts?.(prompts) ?? []))

  const preset = options.preset ?? collected.preset ?? options.defaultPreset ?? 'default'
  if (!Object.hasOwn(presets, preset))
    problems.push(`--preset ${preset}: there is no such preset. There are: ${Object.keys(presets).join(', ')}`)
  const assignments = [...collected.assignments, ...(options.assignments ?? [])]
  const chosen = Object.hasOwn(presets, preset) ? presets[preset as PresetName] : {}
  const { settings, problems: settingProblems } = resolveSettings(options.topology, chosen, assignments)
  problems.push(...settingProblems)

  const targets = parsed.success ? targetsOf(parsed.data, problems) : undefined
  const log = parsed.success ? logTarget(parsed.data, problems) : undefined
  if (parsed.success) checkHealth(parsed.data, problems)
  if (problems.length > 0 || !parsed.success) throw configurationError(problems)
  const values = parsed.data
  return {
    pipeline: values.FANNO_PIPELINE,
    pipelineGiven: collected.values.FANNO_PIPELINE !== undefined,
    log: log!,
    health: healthOf(values),
    logLevel: values.LOG_LEVEL,
    partitions: values.FANNO_PARTITIONS,
    partitionsGiven: collected.values.FANNO_PARTITIONS !== undefined,
    aliases: targets,
    rehearsalAliases: url => targetsOf({ ...values, OPENAI_BASE_URL: [url] }, [])!,
    prompts,
    preset: preset as PresetName,
    settings
  }
}

/** What was given as a flag is named as such. */
const flagOf: Readonly<Record<string, string>> = {
  FANNO_PIPELINE: '--pipeline',
  FANNO_LOG: '--log',
  FANNO_DATA_DIR: '--data-dir',
  PORT: '--port'
}

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

function checkHealth(values: Values, problems: string[]): void {
  const { FANNO_HTTP_HOST: host, FANNO_HTTP_TOKEN: token } = values
  if (!loopback.has(host) && token === undefined)
    problems.push(`FANNO_HTTP_TOKEN: ${host} can be reached from other machines, so a token is required for /metrics`)
}

const healthOf = ({ PORT: port, FANNO_HTTP_HOST: host, FANNO_HTTP_TOKEN: token }: Values): HealthOptions | undefined =>
  port === undefined ? undefined : { port, host, token }

/** The endpoint of each alias; undefined where no endpoint is named anywhere. */
function targetsOf(values: Values, problems: string[]): ModelTargets | undefined {
  const given = (alias: Alias) => {
    const name = alias.toUpperCase() as Uppercase<Alias>
    return {
      baseUrls: values[`FANNO_${name}_BASE_URL`],
      apiKey: values[`FANNO_${name}_API_KEY`],
      model: values[`FANNO_${name}_MODEL`],
      extraBody: values[`FANNO_${name}_EXTRA_BODY`],
      maxInFlight: values[`FANNO_${name}_MAX_IN_FLIGHT`],
      deadlineMs: values[`FANNO_${name}_DEADLINE_MS`]
    }
  }
  const teacher = given('teacher')
  const anywhere = [values.OPENAI_BASE_URL, ...aliases.map(alias => given(alias).baseUrls)]
  if (anywhere.every(urls => urls === undefined)) return undefined
  const targets = {} as Record<Alias, ModelTargets[Alias]>
  for (const alias of aliases) {
    const own = given(alias)
    if (alias === 'embedder' && values.FANNO_EMBEDDER === 'builtin') {
      targets[alias] = { builtin: 'lexical', model: lexicalModel }
      continue
    }
    // The judge is the teacher, unless told otherwise: then nothing of the teacher's is its own.
    const like = alias === 'judge' && own.baseUrls === undefined ? teacher : own
    const baseUrls = like.baseUrls ?? values.OPENAI_BASE_URL
    if (!baseUrls) {
      const embedding = alias === 'embedder' ? ', or FANNO_EMBEDDER=builtin' : ''
      problems.push(`FANNO_${alias.toUpperCase()}_BASE_URL: no endpoint; set it, or OPENAI_BASE_URL${embedding}`)
      continue
    }
    // A key goes only to the endpoint that it was given for.
    const apiKey = own.apiKey ?? like.apiKey ?? (like.baseUrls === undefined ? values.OPENAI_API_KEY : undefined)
    const model = own.model ?? like.model
    const extraBody = own.extraBody ?? like.extraBody
    targets[alias] = {
      baseUrls,
      maxInFlight: own.maxInFlight,
      deadlineMs: own.deadlineMs,
      ...(alias === 'embedder' && { embeds: true }),
      ...(apiKey !== undefined && { apiKey }),
      ...(model !== undefined && { model }),
      ...(extraBody !== undefined && { extraBody })
    }
  }
  return targets
}
