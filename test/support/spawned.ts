import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of ours that answers in lines of JSON. */
export interface Spawned {
  readonly pid: number
  /** Its next line. @throws Error with its error output when it ended instead. */
  line(): Promise<unknown>
  /** The lines it has not been asked for yet, and those still to come. */
  rest(): Promise<unknown[]>
  /** Ends its standard input; resolves with its exit code. */
  end(): Promise<number | null>
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  errors(): string
}

/** Runs `test/support/<script>`, with a limit on the size of the files it may write where one is given. */
export function spawnScript(script: string, parameters: readonly string[], limit?: { fileBytes: number }): Spawned {
  const command = [process.execPath, fileURLToPath(new URL(script, import.meta.url)), ...parameters]
  // Blocks of 512 bytes are what POSIX says; bash alone counts in 1,024, and so allows twice as much.
  const limited = limit ? ['sh', '-c', `ulimit -f ${limit.fileBytes / 512}; exec "$@"`, 'sh', ...command] : command
  const child: ChildProcess = spawn(limited[0]!, limited.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const closed = once(child, 'close')
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  let errors = ''
  child.stderr!.setEncoding('utf8').on('data', chunk => {
    errors += chunk
  })
  return {
    pid: child.pid!,
    async line() {
      const { value, done } = await lines.next()
      if (!done) return JSON.parse(value)
      await closed
      throw new Error(`the process ended: ${errors}`)
    },
    async rest() {
      const rest: unknown[] = []
      for (let next = await lines.next(); !next.done; next = await lines.next()) rest.push(JSON.parse(next.value))
      return rest
    },
    async end() {
      child.stdin!.end()
      await closed
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    errors: () => errors
  }
}
