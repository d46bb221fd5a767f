import {
  type AnyAsk,
  type AnyStage,
  type AnyTopic,
  decidesInOrder,
  type Topology
} from '../../../engine/declare/index.ts'

/** A stage as it is drawn: a box on a level. Numbers are SVG user units. */
export interface Box {
  readonly name: string
  readonly lines: readonly string[]
  readonly models: readonly string[]
  readonly inOrder: boolean
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A topic as it is drawn: a line from its writer (none for the source) to its reader (none for the sink). */
export interface Edge {
  readonly records: string
  readonly from: Box | undefined
  readonly to: Box | undefined
  /** A view, not the input of a stage. */
  readonly view: boolean
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly edges: readonly Edge[]
}

const width = 760
const margin = 20
const side = 70
const gapX = 28
const gapY = 52
const characterWidth = 6.1

/** Places the stages on levels: each below all that write to what it reads. */
export function layOut(topology: Topology): Layout {
  const writers = new Map<string, AnyStage[]>()
  for (const stage of topology.stages)
    for (const { records } of outletsOf(stage)) writers.set(records, [...(writers.get(records) ?? []), stage])
  const levels = new Map<AnyStage, number>()
  for (const stage of topology.stages) {
    const above = (writers.get(stage.reads.records) ?? []).map(writer => levels.get(writer) ?? 0)
    levels.set(stage, Math.max(-1, ...above) + 1)
  }
  const boxes = new Map<AnyStage, Box>()
  let y = margin + gapY
  for (let level = 0; level <= Math.max(...levels.values()); level++) {
    const stages = topology.stages.filter(stage => levels.get(stage) === level)
    const room = width - 2 * side
    const boxWidth = stages.length === 1 ? Math.min(420, room) : (room - gapX * (stages.length - 1)) / stages.length
    const texts = stages.map(stage => wrap(stage.summary, Math.floor((boxWidth - 32) / characterWidth)))
    const height = 50 + 15 * Math.max(...texts.map(lines => lines.length))
    const left = (width - boxWidth * stages.length - gapX * (stages.length - 1)) / 2
    stages.forEach((stage, index) => {
      const x = left + index * (boxWidth + gapX)
      const inOrder = decidesInOrder(stage)
      boxes.set(stage, {
        name: stage.name,
        lines: texts[index]!,
        models: modelsOf(stage),
        inOrder,
        x,
        y,
        width: boxWidth,
        height
      })
    })
    y += height + gapY
  }
  return { width, height: y + margin + 24, boxes: [...boxes.values()], edges: edgesOf(topology, writers, boxes) }
}

function edgesOf(
  topology: Topology,
  writers: ReadonlyMap<string, readonly AnyStage[]>,
  boxes: ReadonlyMap<AnyStage, Box>
): Edge[] {
  const edges: Edge[] = []
  const reader = ({ records }: AnyTopic) => topology.stages.find(stage => stage.reads.records === records)
  const boxOf = (stage: AnyStage | undefined) => (stage ? boxes.get(stage) : undefined)
  edges.push({ records: topology.source.records, from: undefined, to: boxOf(reader(topology.source)), view: false })
  for (const stage of topology.stages)
    for (const topic of outletsOf(stage))
      edges.push({ records: topic.records, from: boxOf(stage), to: boxOf(reader(topic)), view: false })
  // What a stage itself writes is no news from afar.
  for (const stage of topology.stages)
    for (const topic of viewedBy(stage))
      for (const writer of writers.get(topic.records)?.slice(-1) ?? [])
        if (writer !== stage) edges.push({ records: topic.records, from: boxOf(writer), to: boxOf(stage), view: true })
  return edges
}

export const outletsOf = (stage: AnyStage): AnyTopic[] => Object.values(stage.writes as Record<string, AnyTopic>)

/** Topics that the stage's view is folded from. */
export const viewedBy = (stage: AnyStage): AnyTopic[] =>
  'view' in stage && stage.view ? Object.values(stage.view.reads as Record<string, AnyTopic>) : []

/** What the stage asks: model aliases, or `threads` for work beside the models. */
export const modelsOf = (stage: AnyStage): string[] => [
  ...new Set(Object.values(stage.asks as Record<string, AnyAsk>).map(ask => ('model' in ask ? ask.model : 'threads')))
]

function wrap(text: string, characters: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
