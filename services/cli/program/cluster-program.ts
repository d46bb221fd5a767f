import { type Command, Option } from 'commander'
import type { KafkaTarget } from '../../operate/configuration.ts'
import { pipelineToFeed } from '../../operate/pipeline-to-feed.ts'
import { configurationFrom, displayOf, type LogFlags, withLog } from '../commands/options.ts'
import { configurationError, exitCodes } from '../ending/exit-codes.ts'
import { untilStopped } from '../ending/stop-signals.ts'
import type { Configuration } from '../settings/configuration.ts'
import { countFrom } from './count-from.ts'

type ClusterFlags = LogFlags & { readonly json?: boolean; readonly dryRun?: boolean; readonly partitions?: string }

/** Commands that set up a Kafka cluster for a pipeline, and run no stage. */
export function addClusterCommands(
  program: Command,
  exit: (code: number) => void,
  write: (text: string) => void
): void {
  const withCluster = (command: Command) => withLog(command).option('--json', 'print JSON')

  const topics = program.command('topics').description('plan, check or apply the topics of a pipeline on Kafka')
  const topicsCommand = (action: 'plan' | 'apply' | 'check', description: string) =>
    withCluster(topics.command(action))
      .description(description)
      .option('--partitions <n>', 'partitions of each multi-partition topic (FANNO_PARTITIONS, default 4)')
  const runTopics = (action: 'plan' | 'apply' | 'check') => async (flags: ClusterFlags) => {
    const run = async ({ configuration, target, pipeline }: Cluster) => {
      const partitions = countFrom('--partitions', flags.partitions) ?? configuration.partitions
      const { topics } = await import('../commands/topics.ts')
      const told = { action, dryRun: flags.dryRun ?? false, json: flags.json ?? false, write }
      return topics({ target, pipeline, partitions, ...told })
    }
    exit(await onCluster(flags, run))
  }
  topicsCommand('plan', 'show what apply would change').action(runTopics('plan'))
  topicsCommand('check', 'same as plan; exit code 1 if anything differs').action(runTopics('check'))
  topicsCommand('apply', 'create missing topics and update topic settings')
    .addOption(new Option('--dry-run', 'show the changes without making them'))
    .action(runTopics('apply'))

  const schemas = program.command('schemas').description('check or register the schemas of a pipeline')
  const runSchemas = (action: 'check' | 'register') => async (flags: ClusterFlags) => {
    const run = async ({ target, pipeline }: Cluster) => {
      const { schemas } = await import('../commands/schemas.ts')
      return schemas({ target, pipeline, action, json: flags.json ?? false, write })
    }
    exit(await onCluster(flags, run))
  }
  withCluster(schemas.command('check'))
    .description('compare with the registry; exit code 1 if a schema is missing, 65 if one is incompatible')
    .action(runSchemas('check'))
  withCluster(schemas.command('register'))
    .description('register missing schemas; registers nothing if one is incompatible')
    .action(runSchemas('register'))

  withCluster(program.command('acls'))
    .description('print the minimum Kafka ACLs for each stage, ingest, an operator, fanno run and a reader')
    .action(async (flags: ClusterFlags) => {
      const { acls } = await import('../commands/acls.ts')
      const run = async ({ pipeline }: Named) => {
        acls(pipeline, flags.json ?? false, write)
        return exitCodes.ok
      }
      exit(await onPipeline(flags, run))
    })
}

interface Named {
  readonly configuration: Configuration
  readonly pipeline: string
}

interface Cluster extends Named {
  readonly target: KafkaTarget
}

/** @throws CommandError unless the log is Kafka. */
const onCluster = (flags: ClusterFlags, run: (cluster: Cluster) => Promise<number>): Promise<number> =>
  // These commands are about nothing else.
  onPipeline({ ...flags, log: flags.log ?? 'kafka' }, async found => {
    const { log } = found.configuration
    if (log.kind !== 'kafka') throw configurationError(['FANNO_LOG: this command requires kafka'])
    return run({ ...found, target: log })
  })

/** Runs on the pipeline that is meant: a model may have to say which one that is, and a signal ends the wait for it. */
async function onPipeline(flags: ClusterFlags, run: (found: Named) => Promise<number>): Promise<number> {
  const configuration = await configurationFrom(flags)
  const display = displayOf(true)
  let pipeline: string | undefined
  const code = await untilStopped(display.notice, async ({ signal }) => {
    pipeline = await pipelineToFeed(configuration, display, signal)
    return exitCodes.ok
  })
  return pipeline === undefined ? code : run({ configuration, pipeline })
}
