import { type Random, randomFrom } from '../../../engine/declare/index.ts'
import type { Clock } from '../../../engine/runtime/ground/clock.ts'

/**
 * Time for simulations: everything that waits, waits for a turn, and the seed decides whose turn it is. A process that
 * was killed gets no more turns.
 */
export class SimulatedWorld {
  readonly random: Random
  #waiting: (() => void)[] = []
  #turns = 0

  constructor(seed: string) {
    this.random = randomFrom(seed)
  }

  /** Turns given so far. */
  get turns(): number {
    return this.#turns
  }

  /** True once in `n` times, on average. */
  oneIn(n: number): boolean {
    return this.random() * n < 1
  }

  /** Waits for a turn. */
  turn(process?: SimulatedProcess): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push(() => {
        if (!process?.killed) resolve()
      })
    })
  }

  /** Gives turns in random order until the condition holds. @throws Error after too many turns: something hangs. */
  async run(until: () => boolean | Promise<boolean>, maxTurns = 200_000): Promise<void> {
    for (let step = 0; ; step++) {
      await new Promise(resolve => setImmediate(resolve))
      if (step % 16 === 0 && (await until())) return
      if (++this.#turns > maxTurns) throw new Error(`not settled after ${maxTurns} turns`)
      const index = Math.floor(this.random() * this.#waiting.length)
      const next = this.#waiting[index]
      if (!next) continue
      this.#waiting[index] = this.#waiting.at(-1)!
      this.#waiting.pop()
      next()
    }
  }
}

/** A process in a simulated world. */
export class SimulatedProcess {
  readonly world: SimulatedWorld
  readonly startedAt: number
  killed = false

  constructor(world: SimulatedWorld) {
    this.world = world
    this.startedAt = world.turns
  }

  turn(): Promise<void> {
    return this.world.turn(this)
  }

  /** A clock on which any sleep may end at any time: no order between timers is promised to anybody. */
  get clock(): Clock {
    return {
      now: () => this.world.turns,
      sleep: async (_ms, signal) => {
        if (signal?.aborted) return
        await Promise.race([
          this.turn(),
          new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve(), { once: true }))
        ])
      }
    }
  }
}
