import type { Topology } from '../../../engine/declare/index.ts'
import { type Box, type Edge, type Layout, layOut } from './topology-layout.ts'

/** The topology as SVG, for light and dark pages. The same topology gives the same bytes. */
export function topologyPicture(topology: Topology): string {
  const layout = layOut(topology)
  const { width, height } = layout
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" width="${width}" height="${round(height)}" role="img" aria-label="${escapeXml(label(topology))}">`,
    `<style>${style}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>',
    `<rect class="page" width="${width}" height="${round(height)}" rx="12"/>`,
    ...layout.edges.filter(({ view }) => view).map((edge, index) => drawView(edge, layout, index)),
    ...layout.edges.filter(({ view }) => !view).map(edge => drawEdge(edge, layout)),
    ...layout.boxes.map(drawBox),
    `<text text-anchor="middle" x="${width / 2}" y="${round(height - 14)}">Every stage also writes to rejections and to dead-letters: nothing is dropped without a record that says why.</text>`,
    '</svg>',
    ''
  ].join('\n')
}

interface Colours {
  readonly page: string
  readonly box: string
  readonly border: string
  readonly line: string
  readonly text: string
  readonly soft: string
  readonly model: string
  readonly order: string
  readonly records: string
}

// Colours stand in the rules themselves: not every viewer of SVG knows CSS variables.
const colours = ({ page, box, border, line, text, soft, model, order, records }: Colours): string =>
  [
    `text{fill:${soft}}.page{fill:${page}}.box{fill:${box};stroke:${border}}.name{fill:${text}}.model{fill:${model}}`,
    `.order{fill:${order}}.line,.view{stroke:${line}}.tip{fill:${line}}.records{fill:${records};stroke:${page}}`
  ].join('')

const style = [
  'text{font:12px system-ui,sans-serif}.name{font-weight:600;font-size:14px}.model,.order{font-size:11px}',
  '.line,.view{fill:none;stroke-width:1.4}.view{stroke-dasharray:3 4}',
  '.records{font:600 12px ui-monospace,monospace;paint-order:stroke;stroke-width:5px}',
  colours({
    page: '#fff',
    box: '#f6f8fa',
    border: '#d0d7de',
    line: '#8c959f',
    text: '#1f2328',
    soft: '#59636e',
    model: '#0969da',
    order: '#9a6700',
    records: '#1a7f37'
  }),
  `@media(prefers-color-scheme:dark){${colours({
    page: '#0d1117',
    box: '#161b22',
    border: '#30363d',
    line: '#7d8590',
    text: '#e6edf3',
    soft: '#9198a1',
    model: '#4493f8',
    order: '#d29922',
    records: '#3fb950'
  })}}`
].join('')

function drawBox({ x, y, width, height, name, lines, models, inOrder }: Box): string {
  const badges = [
    ...models.map(model => `<tspan class="model" dx="8">${escapeXml(model)}</tspan>`),
    ...(inOrder ? ['<tspan class="order" dx="8">decides in order</tspan>'] : [])
  ]
  const left = round(x + 16)
  return [
    `<rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<text x="${left}" y="${round(y + 25)}"><tspan class="name">${escapeXml(name)}</tspan>${badges.join('')}</text>`,
    ...lines.map((line, index) => `<text x="${left}" y="${round(y + 46 + 15 * index)}">${escapeXml(line)}</text>`)
  ].join('\n')
}

function drawEdge({ records, from, to }: Edge, { width, height }: Layout): string {
  const start = from ? bottomOf(from) : { x: to ? middle(to) : width / 2, y: 30 }
  const end = to ? { x: middle(to), y: to.y } : { x: from ? middle(from) : width / 2, y: height - 54 }
  const halfway = (start.y + end.y) / 2
  const path = `M${round(start.x)} ${round(start.y)}C${round(start.x)} ${round(halfway)} ${round(end.x)} ${round(halfway)} ${round(end.x)} ${round(end.y - 1)}`
  // Where several lines meet, each bears its name at the end that is its own.
  const at = from && to ? (Math.abs(start.x - end.x) < 1 ? 0.5 : start.x === width / 2 ? 0.62 : 0.38) : from ? 0.9 : 0
  const x = start.x + (end.x - start.x) * at
  const y = start.y + (end.y - start.y) * at
  return [
    `<path class="line" marker-end="url(#tip)" d="${path}"/>`,
    `<text class="records" text-anchor="middle" x="${round(x)}" y="${round(from && !to ? end.y + 16 : to && !from ? start.y - 6 : y + 4)}">${escapeXml(records)}</text>`
  ].join('\n')
}

/** A view is read from afar: its line runs outside of the boxes. */
function drawView({ records, from, to }: Edge, { width }: Layout, index: number): string {
  if (!from || !to) return ''
  const lane = width - 22 - 16 * index
  const startY = from.y + from.height / 2
  const endY = to.y + to.height / 2 - 10 + 20 * index
  const path = `M${round(from.x + from.width)} ${round(startY)}H${lane - 8}Q${lane} ${round(startY)} ${lane} ${round(startY - 8)}V${round(endY + 8)}Q${lane} ${round(endY)} ${lane - 8} ${round(endY)}H${round(to.x + to.width + 2)}`
  const y = round((startY + endY) / 2)
  return [
    `<path class="view" marker-end="url(#tip)" d="${path}"/>`,
    `<text text-anchor="middle" transform="rotate(-90 ${lane - 5} ${y})" x="${lane - 5}" y="${y}">view of ${escapeXml(records)}</text>`
  ].join('\n')
}

const middle = (box: Box): number => box.x + box.width / 2
const bottomOf = (box: Box) => ({ x: middle(box), y: box.y + box.height })
const round = (number: number): number => Math.round(number * 10) / 10

const label = (topology: Topology): string =>
  `From ${topology.source.records} to ${topology.sink.records}: ${topology.stages.map(({ name }) => name).join(', ')}`

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
