import type { Usage } from '../../engine/inference/port.ts'
import type { StageProgress } from '../../engine/runtime/pipeline.ts'
import { duration, grouped, printable, printableLine, table } from './printable.ts'

/** What is shown at one moment. */
export interface Moment {
  readonly elapsedMs: number
  readonly stages: readonly StageProgress[]
  readonly usage: (stage: string) => Usage
  readonly pairs: number
  /** Why nothing moves, where nothing does. */
  readonly paused: string | undefined
}

export interface Display {
  show(moment: Moment): void
  /** Something a person should read, once. */
  notice(text: string): void
  /** As `notice`, and said even where quiet was asked for: something could not be done. */
  warning(text: string): void
  /** Leaves the last table standing. */
  close(): void
}

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const plainEveryMs = 5_000

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

/** `12.0 s  61 pairs | segment-document 40 in, 210 out, 2 rejected | …` of stages that have done something. */
export function plainLine({ elapsedMs, stages, pairs, paused }: Moment): string {
  const busy = stages
    .filter(stage => settledOf(stage) + stage.inFlight + (stage.lag ?? 0) > 0)
    .map(stage =>
      [
        `${stage.stage} ${grouped(settledOf(stage))} in`,
        `${grouped(stage.outputs)} out`,
        `${grouped(stage.rejected)} rejected`,
        ...(stage.deadLettered > 0 ? [`${grouped(stage.deadLettered)} dead-lettered`] : []),
        ...(stage.inFlight > 0 ? [`${stage.inFlight} in flight`] : []),
        ...(waitingOf(stage) > 0 ? [`${grouped(waitingOf(stage))} waiting`] : [])
      ].join(', ')
    )
  const parts = [`${duration(elapsedMs)}  ${grouped(pairs)} pairs`, ...busy]
  return printableLine(`${parts.join(' | ')}${paused ? ` | waits: ${paused}` : ''}`)
}

export function liveTable(moment: Moment, rate: (stage: string) => number): string[] {
  const lines = moment.stages.map(stage => {
    const { promptTokens, completionTokens } = moment.usage(stage.stage)
    return [
      stage.stage,
      settledOf(stage),
      stage.outputs,
      stage.rejected,
      stage.deadLettered,
      stage.inFlight,
      stage.lag === undefined ? '?' : waitingOf(stage),
      rate(stage.stage).toFixed(1),
      promptTokens + completionTokens
    ]
  })
  const head = ['stage', 'in', 'out', 'rejected', 'dead', 'in flight', 'waiting', 'in/s', 'tokens']
  const state = moment.paused ? `waits: ${printableLine(moment.paused)}` : ''
  return [...table(head, lines), `${duration(moment.elapsedMs)}  ${grouped(moment.pairs)} pairs  ${state}`.trimEnd()]
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
