import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import { type CutRule, cutRules, pairFormats } from '../../export/index.ts'
import {
  configurationFrom,
  displayOf,
  type LogFlags,
  logOf,
  type ModelFlags,
  serviceDisplay,
  withLog,
  withModels
} from '../commands/options.ts'
import { printable } from '../display/printable.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'
import { installedReadmes, packageRoot } from '../readmes.ts'
import { addClusterCommands } from './cluster-program.ts'
import { countFrom } from './count-from.ts'

type RunFlags = ModelFlags & {
  readonly out: string
  readonly pairs?: string
  readonly cut: CutRule
  readonly fresh?: boolean
  readonly yes?: boolean
  readonly json?: boolean
  readonly textField?: string
}

const out = (text: string) => void process.stdout.write(text)
const writeOut = (text: string) =>
  new Promise<void>(resolve => (process.stdout.write(text) ? resolve() : process.stdout.once('drain', resolve)))
const notice = (text: string) => void process.stderr.write(`${printable(text)}\n`)

const versionOf = (): string =>
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version

const withRun = (command: Command): Command =>
  withModels(command)
    .option('--out <dir>', 'export to the folder of the pipeline inside this one', 'out')
    .option('--pairs <n>', 'stop at exactly n pairs, counted over all runs; exit code 1 if there are fewer')
    .addOption(new Option('--cut <rule>', 'how --pairs selects the n pairs').choices(cutRules).default('hash'))
    .option('--text-field <name>', 'text field of JSON lines; by default text, content, body, … are tried')
    .option('--fresh', 'delete all records of this pipeline first; asks for confirmation, or needs --yes')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print the summary as JSON on standard output')

/**
 * The whole command line. Each action ends in an exit code; what a command stands on is loaded when it is asked for.
 */
export function buildProgram(exit: (code: number) => void): Command {
  const program = new Command('fanno')
    .description('Turns documents into instruction-tuning pairs with open models. Processing is exactly once.')
    .version(versionOf(), '--version', 'print the version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', helpAfter)

  const runWith = async (inputs: readonly string[], flags: RunFlags, defaultPreset: 'default' | 'quickstart') => {
    const configuration = await configurationFrom(flags, { defaultPreset })
    const { cut, fresh = false, yes = false, acceptChange = false, quiet = false, json = false } = flags
    const pairs = countFrom('--pairs', flags.pairs)
    const display = displayOf(quiet)
    const told = { cut, fresh, yes, acceptChange, quiet, json, textField: flags.textField }
    const { run } = await import('../commands/run.ts')
    exit(await run({ configuration, inputs, out: flags.out, pairs, display, ...told }))
  }

  withRun(program.command('run'))
    .description('ingest, run all stages until every record has settled or --pairs is reached, then export')
    .argument(
      '[inputs...]',
      'files (.jsonl .txt .md .html, optionally .gz), folders, glob patterns, or - for standard input'
    )
    .action((inputs: string[], flags: RunFlags) => runWith(inputs, flags, 'default'))

  withRun(program.command('quickstart'))
    .description('run with the README files of the installed packages')
    .action((flags: RunFlags) => {
      const readmes = installedReadmes(packageRoot, process.cwd(), 80)
      if (readmes.length === 0)
        throw new CommandError(exitCodes.unavailable, 'No packages are installed. Run npm ci first.')
      return runWith(readmes, flags, 'quickstart')
    })

  withLog(program.command('ingest'))
    .description('append documents; stages can be running at the same time')
    .argument('<inputs...>', 'files, folders, glob patterns, or - for standard input')
    .option('--text-field <name>', 'text field of JSON lines; by default text, content, body, … are tried')
    .option('--json', 'print the report as JSON on standard output')
    .option('--quiet', 'print only errors')
    .action(async (inputs: string[], flags: LogFlags & { json?: boolean; quiet?: boolean; textField?: string }) => {
      const configuration = await configurationFrom(flags)
      const display = displayOf(flags.quiet)
      const { ingestDocuments } = await import('../commands/ingest.ts')
      const { textField, json = false } = flags
      exit(await ingestDocuments({ configuration, inputs, json, textField, display }))
    })

  withModels(program.command('start'))
    .description('run all stages, or the named ones, until stopped; on Kafka, several processes can share a stage')
    .argument('[stages...]', 'stage names, as printed by fanno topology')
    .option('--port <port>', 'serve /livez, /readyz and /metrics on this port (PORT)')
    .action(async (stages: string[], flags: ModelFlags) => {
      const configuration = await configurationFrom(flags)
      const display = serviceDisplay(flags.quiet, configuration.logLevel)
      const { start } = await import('../commands/start.ts')
      exit(await start({ configuration, stages, acceptChange: flags.acceptChange ?? false, display }))
    })

  withLog(program.command('status'))
    .description('show the lag of each stage, and what was rejected and why')
    .option('--json', 'print JSON')
    .action(async (flags: LogFlags & { json?: boolean }) => {
      const { log, named } = logOf(flags)
      const { status } = await import('../commands/status.ts')
      await status(log, named, flags.json ?? false, out)
    })

  withLog(program.command('cat'))
    .description('print the records of a topic, oldest first')
    .argument('<records>', 'documents, passages, …, pairs, rejections or dead-letters')
    .option('--json', 'print one JSON object per line: topic, partition, offset, timestamp, key, headers, value')
    .option('--partition <n>', 'read only this partition')
    .option('--from <offset>', 'first offset to read in each partition', '0')
    .option('--limit <n>', 'maximum number of records')
    .action(
      async (
        records: string,
        flags: LogFlags & { json?: boolean; partition?: string; from: string; limit?: string }
      ) => {
        const whole = (flag: string, text: string | undefined) =>
          text === '0' ? 0 : (countFrom(flag, text) ?? undefined)
        const { cat } = await import('../commands/cat.ts')
        const code = await cat({
          ...logOf(flags),
          records,
          json: flags.json ?? false,
          partition: whole('--partition', flags.partition),
          from: whole('--from', flags.from) ?? 0,
          limit: whole('--limit', flags.limit) ?? Number.POSITIVE_INFINITY,
          write: writeOut,
          notice
        })
        exit(code)
      }
    )

  withLog(program.command('export'))
    .description('export the accepted pairs: all formats to a folder, or one format to standard output')
    .addOption(new Option('--format <format>', 'write this format to standard output').choices(pairFormats))
    .option('--limit <n>', 'maximum number of pairs, selected by the hash of their ids')
    .option(
      '--out <dir>',
      'write all formats to the folder of the pipeline inside this one (default without --format: out)'
    )
    .action(async (flags: LogFlags & { format?: 'alpaca' | 'messages'; limit?: string; out?: string }) => {
      const { format } = flags
      const limit = countFrom('--limit', flags.limit)
      const { exportPairs } = await import('../commands/export.ts')
      exit(await exportPairs({ ...logOf(flags), format, limit, out: flags.out, notice }))
    })

  withLog(program.command('verify'))
    .description(
      'check that every record has exactly one outcome and every id is unique (exit code 1 if not), and that the embedded log is not damaged (exit code 65)'
    )
    .option('--json', 'print JSON')
    .action(async (flags: LogFlags & { json?: boolean }) => {
      const { log, named } = logOf(flags)
      const { verifyLog } = await import('../commands/verify.ts')
      exit(await verifyLog(log, named, flags.json ?? false, out))
    })

  addClusterCommands(program, exit, out)

  program
    .command('topology')
    .description('print the graph of stages and topics')
    .option('--write <file>', 'write the graph as an SVG file')
    .option('--check <file>', 'exit code 1 if this SVG file is not up to date')
    .action(async (flags: { write?: string; check?: string }) => {
      const { topologyFile, topologyText } = await import('../commands/topology.ts')
      const { topology } = await import('../../topology.ts')
      if (flags.write) topologyFile(topology, flags.write, 'write')
      if (flags.check) topologyFile(topology, flags.check, 'check')
      if (!flags.write && !flags.check) out(`${topologyText(topology)}\n`)
    })

  program
    .command('rehearsal-model')
    .description('serve the rehearsal model: OpenAI-compatible, rule-based, no GPU')
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option('--port <port>', 'port to listen on; 0 selects a free port', '0')
    .option('--api-key <key>', 'require this API key')
    .option('--seed <n>', 'seed of the answers')
    .option('--slots <n>', 'maximum number of concurrent requests')
    .option('--prefill-rate <tokens>', 'prompt tokens per second')
    .option('--decode-rate <tokens>', 'completion tokens per second and slot')
    .option('--faults <json>', 'faults to inject: JSON, or a JSON file')
    .option('--calls <file>', 'append each answered call to this file, one JSON object per line')
    .action(async (flags: Record<string, string | undefined> & { port: string }) => {
      const { serveRehearsalModel } = await import('../commands/rehearsal-model.ts')
      exit(
        await serveRehearsalModel({
          host: flags.host,
          port: flags.port === '0' ? 0 : countFrom('--port', flags.port)!,
          apiKey: flags.apiKey,
          seed: countFrom('--seed', flags.seed),
          slots: countFrom('--slots', flags.slots),
          prefillTokensPerSecond: countFrom('--prefill-rate', flags.prefillRate),
          decodeTokensPerSecond: countFrom('--decode-rate', flags.decodeRate),
          faults: flags.faults,
          callsFile: flags.calls,
          write: out
        })
      )
    })
  return program
}

const helpAfter = `
Models: set OPENAI_BASE_URL to an OpenAI-compatible endpoint (vLLM, llama.cpp, …). Without it, the rehearsal model
answers, and every record is marked as rehearsal. All settings are in .env.example.

Exit codes: 0 success, 1 problems found, 2 usage error, 65 bad data, schema or log, 69 unavailable, 70 internal error, 75 halted,
77 not authorised, 78 configuration error, 130 and 143 stopped by a signal.`

/** Usage errors that commander has already told, as exit codes. */
export const usageExitCode = (error: unknown): number | undefined =>
  error instanceof CommanderError ? (error.exitCode === 0 ? exitCodes.ok : exitCodes.usage) : undefined
