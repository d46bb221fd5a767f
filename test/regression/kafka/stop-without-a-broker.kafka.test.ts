import { expect, it } from 'vitest'
import { clusterUser, health, small } from '../../support/kafka/cluster.ts'
import { kafkaBed } from '../../support/kafka/kafka-bed.ts'

const bed = kafkaBed()

it('a service whose broker is away says so, is not ready, and ends when it is asked to', async () => {
  const proxy = await bed.proxy()
  const user = await clusterUser({ KAFKA_BROKERS: proxy.bootstrap })
  expect(await user.run(['topics', 'apply'])).toMatchObject({ code: 0 })
  expect(await user.run(['schemas', 'register'])).toMatchObject({ code: 0 })
  const running = user.start(['start', ...small, '--port', '0'])
  await running.says('is running')
  const ask = await health(running)
  await expect.poll(async () => (await ask('/readyz')).status).toBe(200)

  proxy.sever()
  await running.says('the log cannot be reached')
  expect(await ask('/readyz')).toMatchObject({ status: 503 })
  expect(await ask('/livez')).toMatchObject({ status: 200 })
  running.process.kill('SIGTERM')
  expect((await running.ended).code).toBe(143)
})
