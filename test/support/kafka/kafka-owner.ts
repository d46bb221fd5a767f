import { startBroker } from '../../../infra/kafka/index.ts'
import { readState } from '../../../infra/kafka/state.ts'

/** Starts a broker that is to end with this process, says its number, and stays. */
const data = process.argv[2]!
await startBroker({ data })
process.stdout.write(`${JSON.stringify(readState(data).brokers[0]!.pid)}\n`)
process.stdin.resume()
