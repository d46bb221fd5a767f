import { openTestLog } from '../support/kafka/kafka-log.ts'
import { logDriverContract } from './log-driver.ts'

logDriverContract('Kafka', async () => {
  const driver = await openTestLog()
  return { driver, reopen: () => openTestLog(), cleanup: () => driver.close() }
})
