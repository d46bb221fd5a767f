import type { StageProgress } from '../../../engine/runtime/process/pipeline.ts'
import type { Notices } from '../../operate/configuration.ts'
import type { Moment } from '../../operate/work.ts'
import { compact, duration, grouped, printable, printableLine } from './printable.ts'

export interface Display extends Notices {
  show(moment: Moment): void
  /** Leaves the last table standing. */
  close(): void
}

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const plainEveryMs = 30_000

/**
 * On a terminal a table that is drawn anew each time; elsewhere a line every few seconds; with `quiet` nothing but
 * warnings.
 */
export function createDisplay(output: Terminal, quiet: boolean): Display {
  if (quiet)
    return {
      show: () => {},
      notice: () => {},
      warning: text => void output.write(`${printable(text)}\n`),
      close: () => {}
    }
  return output.isTTY ? live(output) : plain(output)
}

function plain(output: Terminal): Display {
  let nextMs = plainEveryMs
  return {
    show(moment) {
      if (moment.elapsedMs < nextMs) return
      nextMs = moment.elapsedMs + plainEveryMs
      output.write(`${plainLine(moment)}\n`)
    },
    notice: text => output.write(`${printable(text)}\n`),
    warning: text => output.write(`${printable(text)}\n`),
    close: () => {}
  }
}

function live(output: Terminal): Display {
  let drawn = 0
  let latest: Moment | undefined
  const rates = rateMeter()
  const erase = () => {
    if (drawn > 0) output.write(`\x1b[${drawn}A\x1b[J`)
    drawn = 0
  }
  const draw = (moment: Moment) => {
    const width = (output.columns ?? 120) - 1
    const lines = liveTable(moment, rates(moment)).map(line => line.slice(0, width))
    output.write(`${lines.join('\n')}\n`)
    drawn = lines.length
  }
  const say = (text: string) => {
    erase()
    output.write(`${printable(text)}\n`)
    if (latest) draw(latest)
  }
  return {
    show(moment) {
      latest = moment
      erase()
      draw(moment)
    },
    notice: say,
    warning: say,
    close() {
      drawn = 0
    }
  }
}

const waitingOf = ({ lag = 0, inFlight }: StageProgress): number => Math.max(0, lag - inFlight)
const settledOf = (stage: StageProgress): number => stage.emitted + stage.rejected + stage.deadLettered

/** `12.0 s  61 pairs | 38 in flight | waiting: vet-draft 120, augment-instruction 67`: where most waits, at most three. */
export function plainLine({ elapsedMs, stages, pairs, paused }: Moment): string {
  const inFlight = stages.reduce((sum, stage) => sum + stage.inFlight, 0)
  const waiting = stages
    .filter(stage => waitingOf(stage) > 0)
    .sort((a, b) => waitingOf(b) - waitingOf(a))
    .slice(0, 3)
    .map(stage => `${stage.stage} ${grouped(waitingOf(stage))}`)
  const parts = [
    `${duration(elapsedMs)}  ${grouped(pairs)} pairs`,
    ...(inFlight > 0 ? [`${grouped(inFlight)} in flight`] : []),
    ...(waiting.length > 0 ? [`waiting: ${waiting.join(', ')}`] : []),
    ...(paused ? [`waits: ${paused}`] : [])
  ]
  return printableLine(parts.join(' | '))
}

/** Within 79 columns, whatever the counts. */
export function liveTable(moment: Moment, rate: (stage: string) => number): string[] {
  const cell = (text: string) => text.padStart(6)
  const lines = moment.stages.map(stage => {
    const { promptTokens, completionTokens } = moment.usage(stage.stage)
    const counts = [settledOf(stage), stage.outputs, stage.rejected, stage.deadLettered, stage.inFlight]
    const waiting = stage.lag === undefined ? '?' : compact(waitingOf(stage))
    const speed = rate(stage.stage)
    return [
      stage.stage.padEnd(19),
      ...counts.map(compact).map(cell),
      cell(waiting),
      cell(speed < 1_000 ? speed.toFixed(1) : compact(speed)),
      cell(compact(promptTokens + completionTokens))
    ].join(' ')
  })
  const names = ['in', 'out', 'reject', 'dead', 'asked', 'wait', 'in/s', 'tokens']
  const head = ['stage'.padEnd(19), ...names.map(cell)].join(' ')
  const state = moment.paused ? `waits: ${printableLine(moment.paused)}` : ''
  return [head, ...lines, `${duration(moment.elapsedMs)}  ${grouped(moment.pairs)} pairs  ${state}`.trimEnd()]
}

/** Records settled a second, over the last few looks. */
function rateMeter(): (moment: Moment) => (stage: string) => number {
  const looks: Moment[] = []
  return moment => {
    looks.push(moment)
    if (looks.length > 20) looks.shift()
    const first = looks[0]!
    const seconds = (moment.elapsedMs - first.elapsedMs) / 1_000
    return name => {
      const count = ({ stages }: Moment) =>
        stages.filter(({ stage }) => stage === name).reduce((n, s) => n + settledOf(s), 0)
      return seconds > 0 ? (count(moment) - count(first)) / seconds : 0
    }
  }
}
