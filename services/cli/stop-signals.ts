import { exitCodes } from './exit-codes.ts'

/** Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once. */
export interface StopSignals {
  readonly signal: AbortSignal
  /** 130 or 143 once one came. */
  exitCode(): number | undefined
  /** Listens no more. */
  release(): void
}

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const

export function listenForStop(notice: (text: string) => void): StopSignals {
  const controller = new AbortController()
  let code: number | undefined
  const heard = (name: NodeJS.Signals) => {
    if (code !== undefined) process.exit(code)
    code = codes[name as keyof typeof codes]
    notice('Stopping: what is in flight is settled first. Once more ends at once; nothing is lost either way.')
    controller.abort()
  }
  for (const name of Object.keys(codes)) process.on(name, heard)
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      for (const name of Object.keys(codes)) process.off(name, heard)
    }
  }
}
