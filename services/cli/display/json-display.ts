import type { Moment } from '../../operate/work.ts'
import { jsonLine } from './printable.ts'
import type { Display } from './progress.ts'

/** From the least to the most urgent. Of what is less urgent than the one chosen nothing is written. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

const everyMs = 10_000

/** For services: one JSON object a line, for whoever collects them. Progress every ten seconds. */
export function jsonDisplay(output: { write(text: string): unknown }, level: LogLevel): Display {
  let nextMs = 0
  const line = (of: LogLevel, message: string, fields: object = {}) => {
    if (logLevels.indexOf(of) < logLevels.indexOf(level)) return
    output.write(`${jsonLine({ time: new Date().toISOString(), level: of, message, ...fields })}\n`)
  }
  return {
    show(moment) {
      if (moment.elapsedMs < nextMs) return
      nextMs = moment.elapsedMs + everyMs
      line('info', 'progress', fieldsOf(moment))
    },
    notice: text => line('info', text),
    warning: text => line('warn', text),
    close: () => {}
  }
}

const fieldsOf = ({ elapsedMs, stages, pairs, paused }: Moment) => ({
  elapsedMs: Math.round(elapsedMs),
  pairs,
  ...(paused && { waits: paused }),
  stages: Object.fromEntries(stages.map(({ stage, ...progress }) => [stage, progress]))
})
