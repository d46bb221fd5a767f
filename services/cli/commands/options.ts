import type { Command } from 'commander'
import type { LogTarget } from '../../operate/configuration.ts'
import { topology } from '../../topology.ts'
import { jsonDisplay, type LogLevel } from '../display/json-display.ts'
import { createDisplay, type Display } from '../display/progress.ts'
import { type Configuration, type ConfigurationOptions, loadConfiguration } from '../settings/configuration.ts'

/** Flags that name the pipeline; every command has them. */
export interface LogFlags {
  readonly port?: string
  readonly log?: string
  readonly dataDir?: string
  readonly pipeline?: string
}

/** Flags of commands that run stages. */
export interface ModelFlags extends LogFlags {
  readonly preset?: string
  readonly prompt?: readonly string[]
  readonly set?: readonly string[]
  readonly acceptChange?: boolean
  readonly quiet?: boolean
}

const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

export const withLog = (command: Command): Command =>
  command
    .option('--log <kind>', 'log to use: embedded or kafka (FANNO_LOG, default embedded)')
    .option('--data-dir <dir>', 'folder of the embedded log (FANNO_DATA_DIR, default .fanno)')
    .option('--pipeline <name>', 'name of the pipeline (FANNO_PIPELINE, default fanno)')

export const withModels = (command: Command): Command =>
  withLog(command)
    .option('--preset <name>', 'set of stage settings: default, paper or quickstart')
    .option('--set <key=value>', 'stage setting, as NAME=VALUE or STAGE.NAME=VALUE; can be repeated', gather)
    .option('--prompt <id=file>', 'replace a prompt with a file; can be repeated', gather)
    .option('--accept-change', 'continue with models, prompts or settings that differ from the last run')
    .option('--quiet', 'do not print progress or the summary')

const place = (flags: LogFlags) => ({
  flags: { PORT: flags.port, FANNO_LOG: flags.log, FANNO_DATA_DIR: flags.dataDir, FANNO_PIPELINE: flags.pipeline },
  environment: process.env,
  cwd: process.cwd()
})

/** For commands that write: everything, prompts included, is checked before anything is begun. */
export async function configurationFrom(
  flags: ModelFlags,
  more: Pick<ConfigurationOptions, 'defaultPreset'> = {}
): Promise<Configuration> {
  const { promptProblems } = await import('../../operate/models.ts')
  return loadConfiguration({
    ...place(flags),
    topology,
    preset: flags.preset,
    assignments: flags.set ?? [],
    promptFiles: flags.prompt ?? [],
    checkPrompts: promptProblems,
    ...more
  })
}

/** For commands that only read: where, and which pipeline if one was named. */
export function logOf(flags: LogFlags): { readonly log: LogTarget; readonly named: string | undefined } {
  const { log, pipeline, pipelineGiven } = loadConfiguration({ ...place(flags), topology })
  return { log, named: pipelineGiven ? pipeline : undefined }
}

/** For what serves: on a terminal as everywhere, else one JSON object a line. */
export const serviceDisplay = (quiet: boolean | undefined, level: LogLevel): Display =>
  process.stderr.isTTY || quiet ? displayOf(quiet) : jsonDisplay(process.stderr, level)

export const displayOf = (quiet: boolean | undefined): Display => createDisplay(process.stderr, quiet ?? false)
