import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { damage, zeroUsedTreePage } from '../support/embedded/damage.ts'
import { type Ended, fanno } from '../support/fanno.ts'
import { paragraph } from '../support/records/texts.ts'

/**
 * An emptied file of the log passed verify, and the next run began anew without a word. Half a file ended in SIGBUS, a page of
 * zeros in SIGSEGV; with eight random pages verify hung; thousands of altered words of text passed it.
 */

const command = fileURLToPath(new URL('../../bin/fanno', import.meta.url))
let folder: string
let pairs: number
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fanno-damaged-'))
  mkdirSync(join(folder, 'good', 'docs'), { recursive: true })
  for (let n = 0; n < 60; n++) writeFileSync(join(folder, 'good', 'docs', `${n}.txt`), paragraph(n, 8))
  const ran = await run('good')
  expect(ran).toMatchObject({ code: 0 })
  pairs = linesOf(await fanno(join(folder, 'good'), ['cat', 'pairs', '--json'])).length
  expect(pairs).toBeGreaterThan(10)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (name: string, ...more: string[]) =>
  fanno(join(folder, name), ['run', 'docs', '--set', 'seedPassages=4', '--set', 'cellsPerSeed=24', '--quiet', ...more])
const dataOf = (name: string) => join(folder, name, '.fanno', 'fanno-rehearsal', 'data.mdb')
const linesOf = ({ stdout }: Ended) => stdout.split('\n').filter(line => line !== '')
const copyOf = (name: string): string => {
  cpSync(join(folder, 'good'), join(folder, name), { recursive: true })
  return dataOf(name)
}
/** Every word `old` in the file becomes `altered`, of the same length. */
function alterWords(path: string, old: string, altered: string): number {
  const bytes = readFileSync(path)
  let count = 0
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) {
    bytes.write(altered, at)
    count++
  }
  writeFileSync(path, bytes)
  return count
}

const ways: Readonly<Record<string, (path: string) => void>> = {
  'an emptied file': path => truncateSync(path, 0),
  'a file that is gone': path => rmSync(path),
  'half a file': path => truncateSync(path, statSync(path).size / 2),
  'a tree page of zeros': path => zeroUsedTreePage(path, 3),
  'eight random pages': path => {
    for (let seed = 0; seed < 3; seed++) damage(path, 'eight random pages', seed)
  },
  'another file in its place': path => writeFileSync(path, 'x'.repeat(100_000)),
  'altered words': path => void expect(alterWords(path, ' the ', ' teh ')).toBeGreaterThan(100)
}

describe('a log with', () => {
  for (const [index, [what, how]] of Object.entries(ways).entries())
    it(`${what} is told by verify and by the next run, with exit code 65`, async () => {
      const name = `copy-${index}`
      how(copyOf(name))
      const before = readFileSync(join(folder, name, 'out', 'fanno-rehearsal', 'rehearsal-alpaca.json'), 'utf8')
      const verified = await fanno(join(folder, name), ['verify'])
      expect(verified).toMatchObject({ code: 65, signal: null, stdout: expect.stringContaining('DAMAGED ') })
      const again = await run(name)
      expect(again).toMatchObject({ code: 65, signal: null })
      expect(again.stderr).toMatch(/damaged|checksum|not whole/)
      expect(again.stderr).not.toContain('defect')
      expect(again.stderr).toContain('--fresh')
      expect(readFileSync(join(folder, name, 'out', 'fanno-rehearsal', 'rehearsal-alpaca.json'), 'utf8')).toBe(before)
    }, 60_000)
})

it('what is whole can be got out, and what is left out is named', async () => {
  copyOf('partly')
  zeroUsedTreePage(dataOf('partly'), 3)
  const catted = await fanno(join(folder, 'partly'), ['cat', 'pairs', '--json'])
  expect(catted).toMatchObject({ code: 65, stderr: expect.stringMatching(/damaged: page \d+ of data.mdb/) })
  expect(linesOf(catted).length).toBeGreaterThan(pairs / 2)
  const exported = await fanno(join(folder, 'partly'), ['export', '--format', 'messages'])
  expect(exported).toMatchObject({ code: 65, stderr: expect.stringContaining('Only intact records were written') })
  expect(linesOf(exported)).toHaveLength(linesOf(catted).length)
})

it('altered pairs are named by topic, partition and offset, and the others are printed', async () => {
  copyOf('altered')
  const one = JSON.parse(linesOf(await fanno(join(folder, 'good'), ['cat', 'pairs', '--json']))[3]!)
  expect(alterWords(dataOf('altered'), one.value.response, 'x'.repeat(8))).toBeGreaterThan(0)
  const place = `${one.topic}/${one.partition}/${one.offset}`
  const catted = await fanno(join(folder, 'altered'), ['cat', 'pairs', '--json'])
  expect(catted).toMatchObject({ code: 65, stderr: expect.stringContaining(`damaged: record ${place}: its checksum`) })
  expect(linesOf(catted).length).toBeLessThan(pairs)
  expect(catted.stdout).not.toContain('xxxxxxxx')
  const verified = await fanno(join(folder, 'altered'), ['verify', '--json'])
  expect(verified.code).toBe(65)
  expect(JSON.parse(verified.stdout).damage).toContainEqual({
    kind: 'records',
    topic: one.topic,
    partition: one.partition,
    from: one.offset,
    to: one.offset + 1,
    problem: expect.stringContaining('its checksum differs')
  })
})

it('a damaged log can be begun anew, and a good copy put back', async () => {
  truncateSync(copyOf('anew'), 0)
  expect(await run('anew', '--fresh', '--yes')).toMatchObject({ code: 0 })
  expect(await fanno(join(folder, 'anew'), ['verify'])).toMatchObject({ code: 0 })
  truncateSync(copyOf('restored'), 5_000)
  expect(await run('restored')).toMatchObject({ code: 65 })
  cpSync(dataOf('good'), dataOf('restored'))
  expect(await run('restored')).toMatchObject({ code: 0 })
  expect(await fanno(join(folder, 'restored'), ['verify'])).toMatchObject({ code: 0 })
})

it('schemas that are damaged are brought by the version that reads, as long as it has the same', async () => {
  const altered = alterWords(copyOf('schemas'), '\\"fields\\"', '\\"fieldz\\"')
  expect(altered).toBeGreaterThan(20)
  const catted = await fanno(join(folder, 'schemas'), ['cat', 'pairs', '--json'])
  expect(catted).toMatchObject({ code: 65, stderr: expect.stringContaining('in schemas: its checksum differs') })
  expect(linesOf(catted)).toHaveLength(pairs)
  expect(catted.stdout).not.toContain('undecodable')
})

it('a damaged document ends the run that reads it, before it is worked on', async () => {
  const place = join(folder, 'documents')
  mkdirSync(join(place, 'docs'), { recursive: true })
  for (let n = 0; n < 3; n++) writeFileSync(join(place, 'docs', `${n}.txt`), `A wombat. ${paragraph(n, 8)}`)
  expect(await fanno(place, ['ingest', 'docs'])).toMatchObject({ code: 0 })
  expect(alterWords(dataOf('documents'), 'A wombat', 'A combat')).toBeGreaterThan(0)
  expect(await run('documents')).toMatchObject({
    code: 65,
    stderr: expect.stringMatching(
      /the log is damaged: record fanno-rehearsal\.documents\.v1\/\d\/\d: its checksum differs/
    )
  })
})

it('a limit of file sizes ends a run with exit code 75, and is named', async () => {
  const limited = await fanno(
    join(folder, 'good'),
    ['-c', 'ulimit -f 32; exec "$@"', 'sh', command, 'run', 'docs', '--quiet', '--data-dir', 'new'],
    {
      command: '/bin/sh'
    }
  )
  expect(limited).toMatchObject({ code: 75, signal: null, stderr: expect.stringContaining('ulimit -f') })
  expect(limited.stderr).not.toContain('defect')
})
