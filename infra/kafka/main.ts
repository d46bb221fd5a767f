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
  program.command(name).option('--data <dir>', 'folder for records, schemas, settings and logs', '.fanno/kafka')
const withJson = (name: string) => command(name).option('--json', 'print the status as JSON on standard output')

withJson('start')
  .description('start what does not run yet, and wait until it answers; it outlives the terminal')
  .option('--brokers <n>', '1 or 3, the first time', Number)
  .option('--sasl', 'listeners with users beside the one without: passwords over TLS, client certificates; and ACLs')
  .option('--no-registry', 'brokers alone')
  .action(async (flags: Flags & { brokers?: number; sasl?: boolean; registry: boolean }) => {
    const { data, brokers, sasl } = flags
    await startBroker({ data, brokers, sasl, detached: true, notice })
    if (flags.registry) await startRegistry({ data, detached: true, notice })
    await report(flags)
  })

command('stop')
  .description('stop all of it; records and schemas are kept')
  .action(async (flags: Flags) => {
    const data = dataFolder(flags.data)
    await Promise.all([stopBrokers(data, notice), stopRegistry(data, notice)])
  })

withJson('status').description('what runs and how to reach it; exit code 1 when not all of it answers').action(report)

command('kill')
  .description('kill -9, to see how clients take it; start brings it back')
  .option('--broker <n>', 'the broker of this number', Number)
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
      ours && error instanceof Error ? `This is a defect: please report it.\n${error.stack}` : (error as Error).message
    process.stderr.write(`kafka: ${text}\n`)
    process.exitCode = ours ? 70 : (error as LocalKafkaError).exitCode
  }
}
