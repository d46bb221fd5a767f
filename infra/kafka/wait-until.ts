import { setTimeout as pause } from 'node:timers/promises'

const pollMs = 50

/** Asks again and again until the answer is yes. @returns false when it was still no after `deadlineMs`. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await pause(pollMs)
  }
  return true
}
