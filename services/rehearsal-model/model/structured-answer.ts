import type { JsonSchema } from './chat-request.ts'

/** What is known about the answer, to fill a schema with. */
export interface Content {
  /** Probability of yes. */
  readonly yes: number
  /** Probabilities of the marks 1 to 5. */
  readonly marks: readonly number[]
  readonly text: string
  readonly graded: boolean
}

/** A value that satisfies the schema: the likeliest of its candidates, or the text. Understands what our prompts use. */
export function fillSchema(schema: JsonSchema, content: Content, depth = 0): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return likeliest(schema.enum, content)
  const type = Array.isArray(schema.type) ? schema.type[0] : (schema.type ?? (schema.properties ? 'object' : 'string'))
  switch (type) {
    case 'object': {
      const entries = Object.entries(schema.properties ?? {})
      return depth > 8
        ? {}
        : Object.fromEntries(entries.map(([key, inner]) => [key, fillSchema(inner, content, depth + 1)]))
    }
    case 'array':
      return depth > 8
        ? []
        : Array.from({ length: Math.min(schema.minItems ?? 1, 100) }, () =>
            fillSchema(schema.items ?? {}, content, depth + 1)
          )
    case 'boolean':
      return content.yes >= 0.5
    case 'integer':
    case 'number': {
      const { minimum = content.graded ? 1 : 0, maximum = content.graded ? 5 : 1 } = schema
      const wanted = content.graded ? bestMark(content.marks) : content.yes >= 0.5 ? 1 : 0
      return Math.min(maximum, Math.max(minimum, wanted))
    }
    case 'null':
      return null
    default:
      return content.text
  }
}

function likeliest(candidates: readonly unknown[], content: Content): unknown {
  let best = candidates[0]
  let most = -1
  for (const candidate of candidates) {
    const probability = probabilityOf(candidate, content)
    if (probability <= most) continue
    best = candidate
    most = probability
  }
  return best
}

function probabilityOf(candidate: unknown, { yes, marks, graded }: Content): number {
  const name = String(candidate).trim().toLowerCase()
  if (graded) return marks[Number(name) - 1] ?? 0
  if (['1', 'yes', 'true', 'y'].includes(name)) return yes
  return ['0', 'no', 'false', 'n'].includes(name) ? 1 - yes : 0
}

const bestMark = (marks: readonly number[]): number => marks.indexOf(Math.max(...marks)) + 1
