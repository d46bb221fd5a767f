import { Command, CommanderError } from 'commander'
import { killBroker, stopBrokers } from './broker/running-brokers.ts'
import { startBroker } from './cluster.ts'
import { LocalKafkaError } from './errors.ts'
import { killRegistry, startRegistry, stopRegistry } from './registry/registry.ts'
import { dataFolder } from './state.ts'
import { environmentText, statusOf, statusText } from './status.ts'

/**
 * `npm run kafka -- start|stop|status|kill`. The variables that clients want go to standard output, as a shell or (with
 * `--json`) a program reads them; everything else goes to standard error.
 * Exit codes: 0 ok, 1 not all of it runs, 2 usage, 69 something needed is not there, 70 a defect of ours.
 */

interface Flags {
  readonly data: string
  readonly json?: boolean
}

const notice = (text: string) => void process.stderr.write(`${text}\n`)

async function report({ data, json }: Flags): Promise<void> {
  const status = await statusOf(dataFolder(data))
  if (json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`)
  else {
    process.stderr.write(statusText(status))
    process.stdout.write(environmentText(status))
  }
  if (!status.ready) process.exitCode = 1
}

const program = new Command('kafka')
  .description('Runs Apache Kafka and a schema registry on this machine, without Docker.')
  .exitOverride()

const command = (name: string) =>
  program.command(name).option('--data <dir>', 'data folder: records, schemas, settings and logs', '.fanno/kafka')
const withJson = (name: string) => command(name).option('--json', 'print the status as JSON on standard output')

withJson('start')
  .description('start stopped processes in the background and wait until they are ready')
  .option('--brokers <n>', 'number of brokers at the first start: 1 or 3', Number)
  .option('--sasl', 'add authenticated listeners (SASL over TLS, client certificates) and ACLs')
  .option('--no-registry', 'do not start the registry')
  .action(async (flags: Flags & { brokers?: number; sasl?: boolean; registry: boolean }) => {
    const { data, brokers, sasl } = flags
    await startBroker({ data, brokers, sasl, detached: true, notice })
    if (flags.registry) await startRegistry({ data, detached: true, notice })
    await report(flags)
  })

command('stop')
  .description('stop all processes; keeps records and schemas')
  .action(async (flags: Flags) => {
    const data = dataFolder(flags.data)
    await Promise.all([stopBrokers(data, notice), stopRegistry(data, notice)])
  })

withJson('status').description('show processes and addresses; exit code 1 if a process is not ready').action(report)

command('kill')
  .description('kill a process with SIGKILL, to test clients; start restarts it')
  .option('--broker <n>', 'number of the broker', Number)
  .option('--registry', 'the registry')
  .action(async ({ data, broker, registry }: Flags & { broker?: number; registry?: boolean }) => {
    if (broker === undefined && !registry) throw new LocalKafkaError('Specify --broker <n> or --registry.', 2)
    if (broker !== undefined) await killBroker(dataFolder(data), broker)
    if (registry) await killRegistry(dataFolder(data))
  })

try {
  await program.parseAsync()
} catch (error) {
  // What commander has already told.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const ours = !(error instanceof LocalKafkaError)
    const text =
      ours && error instanceof Error ? `This is a bug. Please report it.\n${error.stack}` : (error as Error).message
    process.stderr.write(`kafka: ${text}\n`)
    process.exitCode = ours ? 70 : (error as LocalKafkaError).exitCode
  }
}
