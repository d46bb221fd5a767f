import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { environmentText, type Status } from '../../infra/kafka/status.ts'

const evaluated = (text: string) =>
  spawnSync('sh', ['-c', 'eval "$1" && echo "$KAFKA_BROKERS"', 'sh', text], { encoding: 'utf8', env: {} })

const status = (ready: boolean): Status => ({
  ready,
  data: '/somewhere',
  processes: [],
  environment: { KAFKA_BROKERS: '127.0.0.1:1234' }
})

it('fails in a shell, and says what to do, where not all of it answers', () => {
  const { status: code, stdout, stderr } = evaluated(environmentText(status(false)))
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('npm run kafka -- start')
})

it('sets the variables where all of it answers', () => {
  expect(evaluated(environmentText(status(true)))).toMatchObject({ status: 0, stdout: '127.0.0.1:1234\n' })
})

it('fails for a folder in which nothing was ever started', () => {
  const data = mkdtempSync(join(tmpdir(), 'kafka-none-'))
  const main = new URL('../../infra/kafka/main.ts', import.meta.url).pathname
  const { status: code, stdout } = spawnSync(process.execPath, [main, 'status', '--data', data], { encoding: 'utf8' })
  rmSync(data, { recursive: true })
  expect(code).toBe(1)
  expect(evaluated(stdout)).toMatchObject({ status: 1, stdout: '' })
})
