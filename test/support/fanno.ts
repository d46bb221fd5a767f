import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../bin/fanno', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningFanno {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once the text has appeared on standard error or output. @throws Error when the process ends before. */
  says(text: string): Promise<void>
  /** What has appeared on both so far. */
  said(): string
}

/** The `fanno` command as a user starts it, in a folder of its own; no variable of this process's reaches it but PATH. */
export function startFanno(
  cwd: string,
  parameters: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>
    readonly stdin?: string
    /** Another path of the command, such as a link to it. */
    readonly command?: string
  } = {}
): RunningFanno {
  const child = spawn(options.command ?? command, parameters, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...options.environment },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
  })
  if (options.stdin !== undefined) child.stdin!.end(options.stdin)
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]!.setEncoding('utf8').on('data', text => {
      said[stream] += text
      for (const listener of listeners) listener()
    })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, ...said }))
  })
  return {
    process: child,
    ended,
    said: () => said.stdout + said.stderr,
    says: text =>
      new Promise((resolve, reject) => {
        const look = () => (said.stdout + said.stderr).includes(text) && resolve()
        listeners.add(look)
        void ended.then(() => {
          look()
          reject(new Error(`it ended without saying "${text}":\n${said.stdout}${said.stderr}`))
        })
        look()
      })
  }
}

export const fanno = (
  cwd: string,
  parameters: readonly string[],
  options?: Parameters<typeof startFanno>[2]
): Promise<Ended> => startFanno(cwd, parameters, options).ended
