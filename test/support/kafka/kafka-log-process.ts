import { openKafkaLog } from '../../../engine/log/kafka/open.ts'

/** Does on a Kafka log what its first argument says, says each step, and must then end by itself. */
const [mode, broker, registryUrl, topic] = process.argv.slice(2) as [string, string, string, string]
const say = (text: string): void => void process.stdout.write(`${JSON.stringify(text)}\n`)
const codeOf = (error: unknown) => (error as { code?: string }).code ?? String(error)

async function main(): Promise<void> {
  const driver = await openKafkaLog({
    connection: { brokers: [broker], clientId: 'process' },
    registry: { url: registryUrl, mayRegister: true },
    sessionTimeoutMs: 2_000
  })
  if (mode === 'registry') {
    await driver.registry.schemaOf(1).catch(error => say(codeOf(error)))
    await driver.close()
    return say('closed')
  }
  const assigned = Promise.withResolvers<void>()
  const membership = await driver.join(`group of ${topic}`, topic, {
    assigned: () => assigned.resolve(),
    revoked: () => {},
    crashed: cause => say(`crashed: ${cause.message}`)
  })
  await assigned.promise
  const owner = await membership.take(0)
  const writer = await driver.writer(`writer of ${topic}`)
  say((await owner.commit([], { offset: 1, metadata: '' })).status)
  for await (const record of driver.read(topic, 0, 0, 1)) say(`read ${record.offset}`)
  const limits = { maxRecords: 1, maxBytes: 1, waitMs: 3_600_000 }
  owner.next(1_000_000, limits, new AbortController().signal).catch(error => say(`next: ${codeOf(error)}`))
  if (mode === 'outage') {
    say('ready')
    process.stdin.resume()
    await new Promise(resolve => process.stdin.once('end', resolve))
    // The broker is away by now. All of this must settle, and the process end.
    const left = [
      membership.take(0).catch(error => say(`take: ${codeOf(error)}`)),
      owner.commit([], { offset: 2, metadata: '' }).then(({ status }) => say(`commit: ${status}`)),
      driver.ends(topic).catch(error => say(`ends: ${codeOf(error)}`)),
      writer.commit([]).then(({ status }) => say(`writer: ${status}`))
    ]
    await membership.leave()
    await driver.close()
    await Promise.all(left)
    return say('closed')
  }
  await driver.close()
  say('closed')
}

await main().catch(error => say(`failed: ${codeOf(error)}`))
