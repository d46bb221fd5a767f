import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { definePrompt, defineStage, defineTopic, defineTopology, yesNo } from '../../../engine/declare/index.ts'
import { InferenceError } from '../../../engine/inference/errors.ts'
import { LogError } from '../../../engine/log/errors.ts'
import { Halt } from '../../../engine/runtime/ground/halt.ts'
import { ConfigurationChanged } from '../../../engine/runtime/process/configuration-change.ts'
import type { StageProgress } from '../../../engine/runtime/process/pipeline.ts'
import { schemaOf } from '../../../schemas/schema-of.ts'
import {
  bytesAsText,
  duration,
  jsonLine,
  printable,
  printableLine,
  table
} from '../../../services/cli/display/printable.ts'
import { createDisplay, liveTable, plainLine } from '../../../services/cli/display/progress.ts'
import { asJson } from '../../../services/cli/display/records-as-json.ts'
import { type Summary, summaryText } from '../../../services/cli/display/summary.ts'
import { CommandError } from '../../../services/cli/ending/exit-codes.ts'
import { exitCodeOf, messageOf } from '../../../services/cli/ending/report-error.ts'
import { countFrom } from '../../../services/cli/program/count-from.ts'
import { topologyPicture } from '../../../services/cli/topology-picture/topology-picture.ts'
import type { Moment } from '../../../services/operate/work.ts'
import { topology } from '../../../services/topology.ts'

const aStage = (more: Partial<StageProgress> = {}): StageProgress => ({
  stage: 'vet-draft',
  emitted: 10,
  rejected: 2,
  deadLettered: 0,
  outputs: 10,
  deferred: 0,
  inFlight: 3,
  lag: 1_503,
  heldBack: [],
  paused: false,
  reasons: {},
  ...more
})
const aMoment = (elapsedMs: number, more: Partial<Moment> = {}): Moment => ({
  elapsedMs,
  stages: [aStage()],
  usage: () => ({ calls: 1, promptTokens: 900, completionTokens: 100 }),
  pairs: 7,
  paused: undefined,
  ...more
})

function terminal(isTTY: boolean) {
  let written = ''
  return { isTTY, columns: 100, write: (text: string) => (written += text), text: () => written }
}

describe('progress', () => {
  it('off a terminal is one line every few seconds, without escapes', () => {
    const output = terminal(false)
    const display = createDisplay(output, false)
    for (const elapsedMs of [0, 1_000, 30_000, 31_000, 60_100]) display.show(aMoment(elapsedMs))
    const lines = output.text().trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toBe('30.0 s  7 pairs | 3 in flight | waiting: vet-draft 1,500')
  })
  it('on a terminal is a table drawn over the one before, notices above it', () => {
    const output = terminal(true)
    const display = createDisplay(output, false)
    display.show(aMoment(0))
    display.notice('the teacher does not answer')
    display.show(aMoment(1_000, { stages: [aStage({ emitted: 20 })] }))
    const [, afterNotice, last] = output.text().split('\x1b[3A\x1b[J')
    expect(afterNotice).toMatch(/^the teacher does not answer\n/)
    expect(last).toContain('  1500 ')
    expect(last).toContain('10.0')
    expect(last).toContain('  1000')
  })
  it('on a terminal fits 79 columns, whatever the counts, and cuts no number', () => {
    const huge = {
      emitted: 123_456_789,
      rejected: 9_999_999,
      deadLettered: 10_000,
      outputs: 2_345_678_901,
      inFlight: 16_384
    }
    const names = topology.stages.map(({ name }) => aStage({ stage: name, ...huge, lag: 999_999_999 }))
    const lines = liveTable(
      aMoment(3_600_000, { stages: names, usage: () => ({ calls: 1, promptTokens: 9e10, completionTokens: 1 }) }),
      () => 123_456
    )
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(79)
    expect(lines[1]).toMatch(/133M +2\.35G +10\.0M +10\.0k +16\.4k +1\.00G +123k +90\.0G$/)
  })
  it('is silent where quiet was asked for, but for warnings', () => {
    const output = terminal(true)
    const display = createDisplay(output, true)
    display.show(aMoment(9_000))
    display.notice('hello')
    expect(output.text()).toBe('')
    display.warning('cannot read x')
    expect(output.text()).toBe('cannot read x\n')
  })
  it('leaves out stages that have had nothing to do, and says what it waits for', () => {
    const idle = aStage({ emitted: 0, rejected: 0, inFlight: 0, lag: 0 })
    expect(plainLine(aMoment(500, { stages: [idle], paused: 'teacher\x1b[2J is away' }))).toBe(
      '500 ms  7 pairs | waits: teacher\\u001b[2J is away'
    )
  })
})

describe('foreign text', () => {
  it('reaches a terminal without control characters and turning marks', () => {
    expect(printable('a\x1b[31mred\x07\u009b2J\u202Etxt\n\tb')).toBe('a\\u001b[31mred\\u0007\\u009b2J\\u202etxt\n\tb')
    expect(printableLine('a\nb')).toBe('a\\u000ab')
  })
  it('reaches a terminal without invisible characters that hide or reorder text, and with those that writing needs', () => {
    const acting = [
      '\u200b',
      '\u200f',
      '\u061c',
      '\u2028',
      '\u2029',
      '\u2066',
      '\u2069',
      '\ufeff',
      '\u00ad',
      '\u{e0041}'
    ]
    for (const character of acting) {
      expect(printable(`a${character}b`)).toMatch(/^a(\\u[0-9a-f]{4})+b$/)
      expect(jsonLine({ text: `a${character}b` })).toMatch(/^\{"text":"a(\\u[0-9a-f]{4})+b"\}$/)
      expect(JSON.parse(jsonLine({ text: `a${character}b` }))).toEqual({ text: `a${character}b` })
    }
    for (const text of ['می\u200cخواهم', '👩\u200d🔬', 'क्\u200dष', '\u0600٣', 'naïve straße 東京']) {
      expect(printable(text)).toBe(text)
      expect(JSON.parse(jsonLine(text))).toBe(text)
    }
  })
  it('in JSON has its control characters escaped, bytes as text or base64, and odd keys kept', () => {
    const value = JSON.parse('{"text":"a\\u009bb","__proto__":{"x":1}}') as Record<string, unknown>
    value.content = Buffer.from('straße')
    value.vector = new Uint8Array([0xff, 0x00])
    const record = {
      topic: 't',
      partition: 1,
      offset: 2,
      timestamp: 3,
      key: Buffer.from('k'),
      value: null,
      headers: {}
    }
    const line = asJson(record, value)
    expect(line).not.toMatch(/[\u0080-\u009f]/)
    expect(JSON.parse(line)).toMatchObject({ key: 'k', value: { content: 'straße', vector: { base64: '/wA=' } } })
    expect(line).toContain('"__proto__":{"x":1}')
  })
})

describe('figures', () => {
  it('are grouped, aligned and carry their units', () => {
    expect(
      table(
        ['stage', 'n'],
        [
          ['a', 1_234],
          ['bc', 5]
        ]
      )
    ).toEqual(['stage      n', 'a      1,234', 'bc         5'])
    expect([duration(480), duration(12_340), duration(200_000)]).toEqual(['480 ms', '12.3 s', '3 min 20 s'])
    expect([bytesAsText(0), bytesAsText(999), bytesAsText(1_500_000)]).toEqual(['0 B', '999 B', '1.5 MB'])
  })
  it('given as flags are whole numbers from 1 on', () => {
    expect(countFrom('--pairs', '12')).toBe(12)
    expect(countFrom('--pairs', undefined)).toBeUndefined()
    for (const text of ['0', '-1', '1.5', 'x', '1e3', '']) expect(() => countFrom('--pairs', text)).toThrow('--pairs')
  })
})

describe('a changed configuration', () => {
  const messageWith = (acceptable: boolean) =>
    messageOf(new ConfigurationChanged([{ stage: 's', differences: [{ path: 'p', was: '1', is: '2' }], acceptable }]))

  it('is told with each difference and what to say', () => {
    expect(messageWith(true)).toMatch(/s: p was 1, is 2\n.*--accept-change.*--fresh/)
  })
  it('is not offered to be accepted where vectors would be compared with those of another embedder', () => {
    expect(messageWith(false)).toContain('Embeddings of different models')
    expect(messageWith(false)).not.toContain('--accept-change')
  })
})

describe('an error', () => {
  const changed = new ConfigurationChanged([
    { stage: 's', differences: [{ path: 'asks.q.model', was: '"a"', is: '"b"' }], acceptable: true }
  ])
  it.each<[string, unknown, number]>([
    ['of usage', new CommandError(2, 'x'), 2],
    ['of a changed configuration', changed, 78],
    ['of a refused key', new InferenceError('configuration', 'x', { status: 401 }), 77],
    ['of a wrong model', new InferenceError('configuration', 'x', { status: 404 }), 78],
    ['of a server that is away', new InferenceError('server-dead', 'x'), 69],
    ['of a log in use', new LogError('log-in-use', 'x'), 69],
    ['of a full log', new LogError('log-full', 'x'), 75],
    ['of a damaged log', new LogError('log-damaged', 'x'), 65],
    ['of a log of another version', new LogError('log-version', 'x'), 65],
    ['of a log that is not there', new LogError('no-log', 'x'), 2],
    ['of damage that halted a stage', new Halt('log-damaged', 's', 'x'), 65],
    ['of a limit of file sizes', Object.assign(new Error('x'), { code: 'EFBIG' }), 75],
    ['of a read-only disk', Object.assign(new Error('x'), { code: 'EROFS' }), 77],
    ['of a folder of others', Object.assign(new Error('x'), { code: 'EACCES' }), 77],
    ['of a frame that is none', new LogError('bad-frame', 'x'), 65],
    ['of a full disk', Object.assign(new Error('x'), { code: 'ENOSPC' }), 75],
    ['that halted a stage', new Halt('not-authorised', 's', 'x'), 77],
    ['of our own', new TypeError('x'), 70],
    ['that is none', 'x', 70]
  ])('%s has its exit code', (_what, error, exitCode) => expect(exitCodeOf(error)).toBe(exitCode))

  it('says what differs and what to do', () => {
    expect(messageOf(changed)).toContain('s: asks.q.model was "a", is "b"')
    expect(messageOf(new InferenceError('configuration', 'what', { remedy: 'do this' }))).toBe('what\ndo this')
    const refused = Object.assign(new Error('EROFS: read-only file system, mkdir out'), { code: 'EROFS' })
    expect(messageOf(refused)).toMatch(/^Permission denied, or the file system is read-only: EROFS/)
    const limited = Object.assign(new Error('EFBIG: file too large, write'), { code: 'EFBIG' })
    expect(messageOf(limited)).toMatch(/file size limit \(ulimit -f\)/)
    for (const damaged of [new LogError('log-damaged', 'what'), new Halt('log-damaged', 's', 'what')])
      expect(messageOf(damaged)).toMatch(/^what\n.*fanno verify.*fanno export.*--fresh/s)
    expect(messageOf(new Halt('log-full', 'vet-draft', 'no room'))).toContain('vet-draft halted (log-full): no room')
  })
  it('shows a stack only where the defect is ours', () => {
    expect(messageOf(new TypeError('x'))).toContain('report it')
    expect(messageOf(new CommandError(2, 'x'))).toBe('x')
  })
})

describe('the summary', () => {
  const tagCells = { briefs: 120, least: 1, most: 2, seedPairs: 70, acceptedCells: 48 }
  const none = {
    records: {},
    rejected: {},
    rejectedInPart: {},
    deadLettered: {},
    tagCells,
    usage: {},
    exported: undefined,
    samples: []
  }
  const ingested = { documents: 0, sources: 0, unchanged: 3, unreadable: [] }
  const base: Summary = { pipeline: 'p', rehearsal: true, ...none, ingested, elapsedMs: 900, firstPairMs: undefined }
  it('says where nothing was asked', () => {
    expect(summaryText(base)).toContain('Calls and tokens of this run\n  none\n')
  })
  it('has counts, reasons, calls, tokens, the time to the first pair and the files', () => {
    const text = summaryText({
      ...base,
      records: { documents: 4, passages: 1_200, drafts: 96, pairs: 50 },
      rejected: { 'vet-draft': { unsafe: 1, unfamiliar: 12 } },
      deadLettered: { 'vet-draft': { defect: 2 } },
      usage: {
        'vet-draft': { calls: 8, promptTokens: 4_000, completionTokens: 8 },
        'seed-instruction': { calls: 0, promptTokens: 0, completionTokens: 0 }
      },
      ingested: { ...ingested, unreadable: [{ source: 'x.pdf', problem: 'its ending\x1b is not known' }] },
      firstPairMs: 1_250,
      exported: { pairs: 50, documents: 4, files: ['out/rehearsal-alpaca.json'] }
    })
    for (const line of [
      '4 documents  ·  1,200 passages  ·  96 drafts  ·  50 pairs',
      'x.pdf: its ending\\u001b is not known',
      'vet-draft  unfamiliar 12, unsafe 1',
      'defect 2',
      'total          8        4,000               8',
      '120 seed briefs, 1 to 2 a cell',
      '70 pairs of seeds, from 48 of 96 cells (50 %)',
      'first pair after 1.3 s',
      'out/rehearsal-alpaca.json',
      'not for training'
    ])
      expect(text).toContain(line)
    expect(text).not.toContain('seed-instruction')
  })
})

describe('the picture of the topology', () => {
  it('names every stage and every topic between them, and is the same each time', () => {
    const picture = topologyPicture(topology)
    for (const stage of topology.stages) {
      expect(picture).toContain(`>${stage.name}<`)
      expect(picture).toContain(`>${stage.reads.records}<`)
    }
    expect(picture).toContain('>pairs<')
    expect(picture).toContain('view of pairs')
    expect(topologyPicture(topology)).toBe(picture)
  })
  it('changes with the topology, and escapes what it shows', () => {
    const asked = definePrompt(new URL('file:///x'), z.object({}))
    const first = defineTopic<{ id: string }>({ records: 'words', schema: schemaOf('pair') })
    const last = defineTopic<{ id: string }>({ records: 'kept', schema: schemaOf('pair') })
    const stage = defineStage({
      name: 'keep-word',
      summary: 'Keeps <b>words</b> & "more".',
      reads: first,
      writes: { kept: last },
      asks: { good: yesNo('teacher', asked) },
      rejects: ['bad'],
      settings: z.object({}),
      question: () => ({ rejected: 'bad' as const }),
      decide: () => ({ rejected: 'bad' as const })
    })
    const picture = topologyPicture(defineTopology(first, last, [stage]))
    expect(picture).toContain('keep-word')
    expect(picture).not.toContain('<b>')
    expect(picture).toContain('&#60;b&#62;words')
  })
})
