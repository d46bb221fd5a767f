/** `services/topics.ts` as text: which topics it declares, and how one more is added. */

export interface DeclaredTopic {
  /** `responses`, as code names it. */
  readonly name: string
  readonly type: string
  /** `responses`, as the log names it. */
  readonly records: string
  /** The file of its schema, without `.avsc`; `private/…` for those that no stage reads. */
  readonly schema: string
  /** The whole statement, to its last parenthesis. */
  readonly statement: string
}

const firstLine = /^export const (\w{1,80}) = defineTopic<(\w{1,80})>\(\{/

export function declaredTopics(source: string): DeclaredTopic[] {
  const lines = source.split('\n')
  return lines.flatMap((line, from) => {
    const [, name, type] = firstLine.exec(line) ?? []
    if (name === undefined || type === undefined) return []
    const to = lines.findIndex((last, index) => index >= from && last.endsWith('})'))
    const statement = lines.slice(from, to + 1).join('\n')
    const records = /\brecords: '([\w-]{1,80})'/.exec(statement)?.[1] ?? ''
    const schema = /\bschemaOf\('([\w/-]{1,80})'\)/.exec(statement)?.[1] ?? ''
    return [{ name, type, records, schema, statement }]
  })
}

export interface NewTopic {
  readonly topicConst: string
  readonly recordType: string
  readonly topic: string
  readonly record: string
}

/**
 * A new topic right after the one that its stage reads. It has the key and the partitions of that one, so that whoever read
 * that one can read it instead.
 */
export function withTopic(source: string, after: DeclaredTopic, topic: NewTopic): string {
  const statement = after.statement
    .replace(`const ${after.name} =`, `const ${topic.topicConst} =`)
    .replace(`<${after.type}>`, `<${topic.recordType}>`)
    .replace(`'${after.records}'`, `'${topic.topic}'`)
    .replace(`schemaOf('${after.schema}')`, `schemaOf('${topic.record}')`)
  const typesEnd = "\n} from '../schemas/types.ts'"
  if (!source.includes(typesEnd)) throw new Error('services/topics.ts imports no list of types from schemas/types.ts')
  // In functions, as `$` has a meaning in a replacement.
  return source
    .replace(after.statement, () => `${after.statement}\n${statement}`)
    .replace(typesEnd, () => `,\n  ${topic.recordType}${typesEnd}`)
}
