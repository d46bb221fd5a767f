import type { Tables } from './tables.ts'

/** Word of appends: at once for those of this process, found by polling for those of others. */
export interface Appends {
  /** Settles at the next append to the topic (or sooner), after `waitMs`, or when the signal is aborted. */
  wait(topic: string, waitMs: number, signal: AbortSignal): Promise<void>
  /** Something was appended to these topics by this process. */
  announce(topics: Iterable<string>): void
  /** Wakes everybody, and polls no more. */
  close(): void
}

interface Listener {
  readonly topic: string
  readonly wake: () => void
}

const pollMs = 100

export function watchAppends(tables: Tables): Appends {
  const listeners = new Set<Listener>()
  const count = () => {
    tables.refresh()
    return tables.state.get('appends')
  }
  let seen = count()
  let poll: NodeJS.Timeout | undefined
  let closed = false

  const wakeAll = (concerned: (listener: Listener) => boolean) => {
    for (const listener of [...listeners]) if (concerned(listener)) listener.wake()
  }
  const listen = (listener: Listener): (() => void) => {
    if (closed) return () => {}
    listeners.add(listener)
    // Whoever waits has a timer of its own; this one keeps no process alive.
    poll ??= setInterval(() => {
      const now = count()
      if (now === seen) return
      seen = now
      wakeAll(() => true)
    }, pollMs).unref()
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      clearInterval(poll)
      poll = undefined
    }
  }

  return {
    wait(topic, waitMs, signal) {
      return new Promise(resolve => {
        const wake = () => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          forget()
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        const forget = listen({ topic, wake })
        signal.addEventListener('abort', wake)
        if (signal.aborted || closed) wake()
      })
    },
    announce(topics) {
      const touched = new Set(topics)
      wakeAll(({ topic }) => touched.has(topic))
    },
    close() {
      closed = true
      wakeAll(() => true)
      clearInterval(poll)
      listeners.clear()
    }
  }
}
