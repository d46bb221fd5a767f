import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { LocalKafkaError } from './errors.ts'
import { waitUntil } from './wait-until.ts'

/** A process that may have been started by an earlier command. */
export interface Launched {
  readonly pid: number
  /** A word of its command line that no other program has: the number alone may belong to another program by now. */
  readonly mark: string
}

export interface Launch {
  readonly command: string
  readonly parameters: readonly string[]
  /** One of the parameters. */
  readonly mark: string
  /** Its output is appended to this file. */
  readonly log: string
  /** True: it outlives this process. False: it is killed when this process ends, however it ends. */
  readonly detached: boolean
}

const stopGraceMs = 20_000

/** Starts it in a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it. */
export function launch({ command, parameters, mark, log, detached }: Launch): Promise<Launched> {
  const output = openSync(log, 'a', 0o600)
  const child = spawn(command, parameters, { detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  return new Promise((resolve, reject) => {
    child.once('error', error => reject(new LocalKafkaError(`${command} does not start: ${error.message}`, 69, error)))
    child.once('spawn', () => {
      child.unref()
      if (!detached) {
        const ended = killWhenThisProcessEnds(child.pid!)
        child.once('exit', ended)
      }
      resolve({ pid: child.pid!, mark })
    })
  })
}

/** A shell that waits on a pipe of ours: the pipe ends with this process, even at kill -9, and the shell then kills. */
function killWhenThisProcessEnds(pid: number): () => void {
  const script = 'cat > /dev/null; kill -9 "$1"'
  const watch = spawn('sh', ['-c', script, 'sh', String(pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  watch.unref()
  ;(watch.stdin as unknown as { unref(): void }).unref()
  return () => void watch.kill('SIGKILL')
}

/** Whether it still runs, and is not another program that was given its number. */
export const isRunning = ({ pid, mark }: Launched): boolean => commandLine(pid).includes(mark)

/** Empty where there is no such process, and for one that is ending. */
function commandLine(pid: number): string {
  if (!hasProcFolder) return ps('command=', pid)
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** A process that is ending keeps its ports and locks for a moment after its command line is gone. */
function hasEnded(pid: number): boolean {
  if (!hasProcFolder) return /^(Z|$)/.test(ps('stat=', pid).trim())
  try {
    // proc(5): the name in parentheses, then from the third field on, of which the 20th is the number of threads.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' && Number(fields[17]) <= 1
  } catch {
    return true
  }
}

/** macOS has none. */
const hasProcFolder = existsSync('/proc/self/stat')

const ps = (column: string, pid: number): string =>
  spawnSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''

/** SIGTERM, and SIGKILL where that does not end it in 20 seconds. Does nothing to a process that is gone. @returns whether it ended in order, now. */
export async function stopProcess(launched: Launched, notice: (text: string) => void): Promise<boolean> {
  if (!signal(launched, 'SIGTERM')) return false
  if (await waitUntil(() => hasEnded(launched.pid), stopGraceMs)) return true
  notice(`Process ${launched.pid} did not end in ${stopGraceMs / 1000} s after SIGTERM: killing it.`)
  await killProcess(launched)
  return false
}

/** kill -9. Resolves when it is gone, with its ports and locks. */
export async function killProcess(launched: Launched): Promise<void> {
  if (!signal(launched, 'SIGKILL')) return
  if (!(await waitUntil(() => hasEnded(launched.pid), stopGraceMs)))
    throw new LocalKafkaError(`Process ${launched.pid} does not end, not even after SIGKILL.`)
}

/** @returns false where it is gone. */
function signal(launched: Launched, name: 'SIGTERM' | 'SIGKILL'): boolean {
  if (!isRunning(launched)) return false
  try {
    return process.kill(launched.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** The end of a log, for an error message. */
export function lastLines(file: string, count = 20): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return '(no output)'
  }
}
