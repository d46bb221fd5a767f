import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { badRecordName, badStageName, camel, namesOf, nounOf, type StageNames } from './names.ts'
import { copiedSchema, exampleRecord, hasLineage, type RecordSchema, shownText } from './record-schema.ts'
import { promptFile, type StagePlan, stageFile, testFile } from './stage-files.ts'
import { type DeclaredTopic, declaredTopics, withTopic } from './topics-source.ts'

/** A stage that cannot be made as it was asked for. The message says why, and what to do. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError'
}

export interface NewStage {
  /** The checkout. */
  readonly root: string
  readonly stage: string
  /** The topic that it reads, as the log names it. Default: the one that carries the noun of its name. */
  readonly reads?: string | undefined
  /** The record that it writes. Default: the participle of its verb. */
  readonly writes?: string | undefined
}

export interface Scaffolded {
  /** Written or changed, from the root. */
  readonly files: readonly string[]
  /** What remains to be done by hand, in order. */
  readonly next: readonly string[]
}

/**
 * Writes a stage that compiles and passes its own test. Nothing is written before everything was checked.
 * @throws ScaffoldError
 */
export function newStage({ root, stage, reads, writes }: NewStage): Scaffolded {
  refuse([badStageName(stage), writes === undefined ? undefined : badRecordName(writes)])
  const names = namesOf(stage, writes)
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const source = read('services/topics.ts')
  const topics = declaredTopics(source).filter(({ schema }) => !schema.startsWith('private/'))
  const schemaOf = (topic: DeclaredTopic) => JSON.parse(read(`schemas/${topic.schema}.avsc`)) as RecordSchema
  const sink = /defineTopology\(\w+, (\w+),/.exec(read('services/topology.ts'))?.[1]
  const readable = topics.filter(topic => topic.name !== sink && hasLineage(schemaOf(topic)))

  const topic = topicToRead(topics, readable, stage, reads)
  refuse(taken(root, names, declaredTopics(source)))
  const schema = schemaOf(topic)
  const shown = shownText(schema, nounOf(stage))
  if (!shown)
    throw new ScaffoldError(`Records of ${topic.records} have no text to ask about. Write this stage by hand.`)
  const reader = readerOf(root, topic)

  const plan: StagePlan = { names, reads: topic, shown, example: exampleRecord(schema, shown) }
  const code = [`services/${stage}/stage.ts`, `test/stages/${stage}.test.ts`, 'services/topics.ts'] as const
  const written: Readonly<Record<string, string>> = {
    [code[0]]: stageFile(plan),
    [`services/${stage}/${stage}.prompt.md`]: promptFile(plan),
    [code[1]]: testFile(plan),
    [`schemas/${names.record}.avsc`]: `${JSON.stringify(copiedSchema(schema, names.recordType, stage), null, 2)}\n`,
    [code[2]]: withTopic(source, topic, names)
  }
  for (const [path, text] of Object.entries(written)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const run = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, stdio: 'pipe' })
  run('engine/schemas/generate.ts', 'schemas')
  // Line ends, quotes and the order of imports are the formatter's.
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...code)
  return { files: [...Object.keys(written), 'schemas/types.ts'], next: nextSteps(names, topic, reader) }
}

function refuse(problems: readonly (string | undefined)[]): void {
  const found = problems.filter(problem => problem !== undefined)
  if (found.length > 0) throw new ScaffoldError(found.join('\n'))
}

function topicToRead(
  topics: readonly DeclaredTopic[],
  readable: readonly DeclaredTopic[],
  stage: string,
  reads: string | undefined
): DeclaredTopic {
  const isMeant = ({ records, schema }: DeclaredTopic) =>
    reads === undefined ? schema === nounOf(stage) : records === reads
  const found = readable.find(isMeant)
  if (found) return found
  const end = topics.find(isMeant)
  const why = end
    ? `${end.records} is an end of the pipeline: a stage there is written by hand, see docs/adding-a-stage.md.`
    : reads === undefined
      ? `No topic carries a record called ${nounOf(stage)}.`
      : `There is no topic ${reads}.`
  const known = readable.map(({ records }) => records).join(', ')
  throw new ScaffoldError(`${why}\nUse --reads to name the topic that ${stage} reads: ${known}.`)
}

/** What exists is never written over. */
function taken(root: string, names: StageNames, topics: readonly DeclaredTopic[]): (string | undefined)[] {
  const paths = [`services/${names.stage}`, `test/stages/${names.stage}.test.ts`, `test/stages/${names.stage}`]
  const types = readFileSync(join(root, 'schemas/types.ts'), 'utf8').split('\n')
  const isType = types.some(line => /^(?:export|import) /.test(line) && line.split(/\W/).includes(names.recordType))
  return [
    ...paths.map(path => (existsSync(join(root, path)) ? `${path} already exists. Choose another name.` : undefined)),
    isType || existsSync(join(root, `schemas/${names.record}.avsc`))
      ? `The record ${names.record} already exists. Choose another with --writes.`
      : undefined,
    topics.some(({ name, records }) => records === names.topic || name === names.topicConst)
      ? `The topic ${names.topic} already exists. Choose another record with --writes.`
      : undefined
  ]
}

/** The stage of the pipeline that reads this topic now. */
function readerOf(root: string, topic: DeclaredTopic): string | undefined {
  const topology = readFileSync(join(root, 'services/topology.ts'), 'utf8')
  const line = `  reads: ${topic.name},`
  return globSync('services/*/stage.ts', { cwd: root })
    .filter(path => readFileSync(join(root, path), 'utf8').split('\n').includes(line))
    .map(path => basename(dirname(path)))
    .find(stage => topology.includes(`'./${stage}/stage.ts'`))
}

function nextSteps(names: StageNames, topic: DeclaredTopic, reader: string | undefined): string[] {
  return [
    `Write the question: services/${names.stage}/${names.stage}.prompt.md.`,
    `Change what a record carries: schemas/${names.record}.avsc, then npm run schemas.`,
    ...(reader ? [`In services/${reader}/stage.ts, read ${names.topicConst} where it now reads ${topic.name}.`] : []),
    [
      `In services/topology.ts, ${reader ? `before ${camel(reader)}` : 'in dataflow order'}, add:`,
      `import { ${names.stageConst} } from './${names.stage}/stage.ts'`,
      `  ${names.stageConst}, // ${topic.records} -> ${names.topic}`
    ].join('\n     '),
    `Name ${names.stage} in its place in test/stages/topology.test.ts, and give it a service in docker-compose.yml.`,
    'Run npm run topology, npm run format and npm test. Fix the tests that fail because of the new stage.'
  ]
}
