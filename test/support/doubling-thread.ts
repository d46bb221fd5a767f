import { existsSync, writeFileSync } from 'node:fs'

/** What the tests of worker threads run in one. */
export interface Deed {
  readonly do: 'double' | 'throw' | 'spin' | 'hoard' | 'exit' | 'exit-once' | 'work'
  readonly number?: number
  /** CPU time to take, in milliseconds. */
  readonly ms?: number
  /** Left behind by the thread that exits. */
  readonly trace?: string
}

export default function deed({ do: what, number = 0, ms = 0, trace = '' }: Deed): number {
  if (what === 'throw') throw new TypeError('no such deed')
  if (what === 'exit') process.exit(3)
  if (what === 'exit-once' && !existsSync(trace)) {
    writeFileSync(trace, '')
    process.exit(3)
  }
  if (what === 'work')
    for (const { user } = process.threadCpuUsage(); process.threadCpuUsage().user - user < ms * 1_000; );
  if (what === 'spin') for (;;) Math.sqrt(number)
  if (what === 'hoard') for (const hoard: number[][] = []; ; ) hoard.push(Array.from({ length: 20_000 }, Math.random))
  return number * 2
}
