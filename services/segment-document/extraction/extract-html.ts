import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import { type Block, type Extraction, proseOfRow, tidy } from './blocks.ts'

/** As much of the DOM as is used here. */
interface DomNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly firstChild: DomNode | null
  readonly nextSibling: DomNode | null
  readonly parentNode: DomNode | null
}
interface DomDocument extends DomNode {
  readonly body: DomNode
  readonly title: string
  querySelectorAll(selector: string): Iterable<{ remove(): void }>
}

const headings = new Set(['H1', 'H2', 'H3', 'H4', 'H5', 'H6'])
const blockElements = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM HEADER HR LI MAIN NAV OL P SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL'.split(
    ' '
  )
)
const codeElements = new Set(['PRE', 'XMP', 'LISTING'])
const notContent = 'script,style,noscript,template,iframe,object,svg,math,nav,header,footer,aside,form,button,select'

/**
 * The main content of a page, found by Readability; where it finds none, the body without navigation and forms. Scripts
 * are never run: the parser has no engine. The caller must have checked the page with `excessOf`.
 */
export function extractHtml(html: string): Extraction {
  // Readability changes the document it reads: the second reading needs a parse of its own.
  const options = { disableJSONLD: true, serializer: (node: unknown) => node as DomNode }
  const article = new Readability(parse(html) as never, options).parse()
  if (article?.content) return { ...walk(article.content), title: tidy(article.title ?? '') || null }
  const document = parse(html)
  for (const element of document.querySelectorAll(notContent)) element.remove()
  return { ...walk(document.body), title: tidy(document.title ?? '') || null }
}

function parse(html: string): DomDocument {
  // The parser makes a body only where the page has one, and finds it only in a page that says that it is one.
  const page = /<body[\s>]/i.test(html) ? html : `<body>${html}</body>`
  const whole = /<html[\s>]/i.test(html) ? page : `<!doctype html><html><head></head>${page}</html>`
  return parseHTML(whole).document as unknown as DomDocument
}

/** Collects blocks in document order, without recursion. */
function walk(root: DomNode): { blocks: Block[]; code: number } {
  const blocks: Block[] = []
  let code = 0
  let text: string[] = []
  let linked = 0
  let kind: Block['kind'] = 'paragraph'
  const flush = (next: Block['kind'] = 'paragraph') => {
    const joined = tidy(text.join(''))
    if (joined !== '') blocks.push({ text: joined, kind, linked: Math.min(linked, joined.length) })
    text = []
    linked = 0
    kind = next
  }
  /** @returns whether the children are to be visited. */
  const enter = (node: DomNode): boolean => {
    if (node.nodeType === 3) {
      text.push((node.textContent ?? '').replace(/\s+/g, ' '))
      return false
    }
    if (node.nodeType !== 1) return false
    const name = node.nodeName.toUpperCase()
    if (codeElements.has(name)) {
      flush()
      code += node.textContent?.length ?? 0
      return false
    }
    if (name === 'TR' && !laysOut(node)) {
      flush()
      text.push(proseOfRow(childrenOf(node).map(cell => cell.textContent ?? '')).replaceAll('\n', ' '))
      flush()
      return false
    }
    if (name === 'BR') text.push('\n')
    if (name === 'A') linked += node.textContent?.length ?? 0
    if (headings.has(name)) flush('heading')
    else if (blockElements.has(name))
      flush(name === 'LI' ? 'item' : kind === 'item' && name === 'P' ? 'item' : 'paragraph')
    return true
  }
  const leave = (node: DomNode) => {
    const name = node.nodeName.toUpperCase()
    if (headings.has(name) || blockElements.has(name)) flush()
  }
  for (let node: DomNode | null = root; node; ) {
    if (enter(node) && node.firstChild) {
      node = node.firstChild
      continue
    }
    while (node && node !== root && !node.nextSibling) {
      leave(node)
      node = node.parentNode
    }
    if (!node || node === root) break
    leave(node)
    node = node.nextSibling
  }
  flush()
  return { blocks, code }
}

/** A row that holds blocks is there for the page's layout: it is no row of data. */
const laysOut = (row: DomNode): boolean =>
  childrenOf(row).some(cell => childrenOf(cell).some(child => blockElements.has(child.nodeName.toUpperCase())))

function childrenOf(node: DomNode): DomNode[] {
  const children: DomNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child)
  return children
}
