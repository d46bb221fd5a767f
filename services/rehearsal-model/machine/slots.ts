/** The server's places for running requests. Who finds none free waits in line, first come first served. */
export interface Slots {
  /**
   * Resolves to 'entered', to 'full' when the line is too long, to 'left' when the signal was aborted while waiting.
   * Call `leave` exactly once after 'entered'.
   */
  enter(signal: AbortSignal): Promise<'entered' | 'full' | 'left'>
  leave(): void
  readonly running: number
  readonly waiting: number
  readonly mostRunning: number
}

/** @throws Error when there is no slot: nobody would ever be served. */
export function createSlots(slots: number, maxQueued: number): Slots {
  if (!(slots >= 1)) throw new Error(`The rehearsal model needs at least one slot; slots is ${slots}.`)
  const line = new Set<() => void>() // in order of arrival; a Set, so that leaving the middle is cheap
  let running = 0
  let mostRunning = 0

  function take(): void {
    running += 1
    mostRunning = Math.max(mostRunning, running)
  }

  return {
    async enter(signal) {
      if (signal.aborted) return 'left'
      if (running < slots) {
        take()
        return 'entered'
      }
      if (line.size >= maxQueued) return 'full'
      return await new Promise(resolve => {
        const serve = () => {
          signal.removeEventListener('abort', giveUp)
          take()
          resolve('entered')
        }
        const giveUp = () => {
          line.delete(serve)
          resolve('left')
        }
        line.add(serve)
        signal.addEventListener('abort', giveUp, { once: true })
      })
    },
    leave() {
      running -= 1
      for (const next of line) {
        line.delete(next)
        next()
        break
      }
    },
    get running() {
      return running
    },
    get waiting() {
      return line.size
    },
    get mostRunning() {
      return mostRunning
    }
  }
}
