import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LocalKafkaError } from './errors.ts'

/**
 * Keeps two processes from starting the same thing of a data folder at once, each with ports of its own.
 * @throws LocalKafkaError while another one is at it.
 */
export async function startAlone<T>(data: string, what: 'brokers' | 'registry', start: () => Promise<T>): Promise<T> {
  const lock = join(data, `starting-${what}`)
  take(lock, what)
  try {
    return await start()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock: string, what: string): void {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const holder = Number.parseInt(readFileSync(lock, 'utf8'), 10)
  if (holder > 0 && lives(holder))
    throw new LocalKafkaError(`Process ${holder} is starting the ${what} of this folder. If it is not, delete ${lock}.`)
  // Left by a start that was killed.
  rmSync(lock, { force: true })
  take(lock, what)
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
