/** The names of everything that belongs to a new stage, in the forms in which they are written. */
export interface StageNames {
  /** `trim-response`: the stage, its folder, its prompt. */
  readonly stage: string
  /** `trimResponse`: the stage in code. */
  readonly stageConst: string
  /** `trimmed-response`: the schema of what it writes. */
  readonly record: string
  /** `TrimmedResponse`: the type of what it writes. */
  readonly recordType: string
  /** `trimmed-responses`: the topic that it writes. */
  readonly topic: string
  /** `trimmedResponses`: the topic in code, and the outlet. */
  readonly topicConst: string
  /** `minTrimResponse`: a setting is known by its name alone, whatever stage it is of. */
  readonly setting: string
}

/** The same that the topology asks for, but for hyphens at the end or side by side. */
const verbNoun = /^[a-z]+(?:-[a-z]+)+$/
const recordName = /^[a-z]+(?:-[a-z]+)*$/

/** Why a stage cannot be called so; nothing where it can. */
export const badStageName = (name: string): string | undefined =>
  verbNoun.test(name)
    ? undefined
    : `'${name}' is not named verb-noun: small letters and hyphens, what it does first, as in trim-response.`

export const badRecordName = (name: string): string | undefined =>
  recordName.test(name) ? undefined : `'${name}' names no record: small letters and hyphens, as in trimmed-response.`

/** @param record what it writes; by default the participle of the verb: `trim-response` writes `trimmed-response`. */
export function namesOf(stage: string, record = participleFirst(stage)): StageNames {
  const topic = plural(record)
  return {
    stage,
    stageConst: camel(stage),
    record,
    recordType: pascal(record),
    topic,
    topicConst: camel(topic),
    setting: `min${pascal(stage)}`
  }
}

/** `response` of `trim-response`. */
export const nounOf = (stage: string): string => stage.slice(stage.indexOf('-') + 1)

export const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
export const pascal = (name: string): string => camel(`-${name}`)

const participleFirst = (stage: string): string => `${participle(stage.slice(0, stage.indexOf('-')))}-${nounOf(stage)}`

/** Of a regular verb. An irregular one (`cut`, `write`) gets a wrong form: that is what `--writes` is for. */
function participle(verb: string): string {
  if (verb.endsWith('e')) return `${verb}d`
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`
  const isOneSyllable = /^[^aeiou]*[aeiou][^aeiouwxy]$/.test(verb)
  return isOneSyllable ? `${verb}${verb.at(-1)}ed` : `${verb}ed`
}

function plural(record: string): string {
  if (/[^aeiou]y$/.test(record)) return `${record.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(record) ? `${record}es` : `${record}s`
}
