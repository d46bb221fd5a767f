import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'

const runtime = new URL('../../../engine/runtime/', import.meta.url)
const text = readFileSync(new URL('RUNTIME.md', runtime), 'utf8')
const files = globSync('*/*.ts', { cwd: runtime }).sort()

/** `process/pipeline.ts` of each row of the table of parts: the folder stands in the first row of its files. */
function filesInTable(): string[] {
  let folder = ''
  return text.split('\n').flatMap(line => {
    const row = /^\| (?:`([a-z]+\/)`)? ?\| (`.*?`) \|/.exec(line)
    if (!row) return []
    folder = row[1] ?? folder
    return [...row[2]!.matchAll(/`([a-z-]+\.ts)`/g)].map(([, file]) => `${folder}${file}`)
  })
}

describe('the specification of the runtime', () => {
  it('names every file in its folder, and no other', () => {
    expect(filesInTable().sort()).toEqual(files)
  })

  it('knows every state of the in-flight table', () => {
    const source = readFileSync(new URL('partition/in-flight.ts', runtime), 'utf8')
    const states = /state: ((?:'[a-z]+'(?: \| )?)+)/.exec(source)![1]!.match(/[a-z]+/g)!
    expect(states.length).toBeGreaterThan(3)
    const rows = text.split('\n').filter(line => line.startsWith('| '))
    const unknown = states.filter(state => !rows.some(row => row.split('|').some(cell => cell.trim() === state)))
    expect(unknown).toEqual([])
  })

  it('knows every signal that ends a partition', () => {
    const source = readFileSync(new URL('partition/flow-state.ts', runtime), 'utf8')
    const signals = [...source.matchAll(/get ([a-z]+)\(\): AbortSignal/g)].map(([, name]) => name!)
    expect(signals).toEqual(['stopping', 'withdrawal', 'lost'])
    for (const signal of signals) expect(text).toContain(`| \`${signal}\` |`)
  })

  it('names tests that exist', () => {
    const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w.-]+\.test\.ts)`/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(5)
    const there = globSync('{unit/runtime,regression,contract}/**/*.test.ts', {
      cwd: new URL('../../', import.meta.url)
    })
    const missing = named.filter(
      path => !there.some(found => `test/${found}`.endsWith(path) && basename(found) === basename(path))
    )
    expect(missing).toEqual([])
  })
})

describe('the folders of the runtime', () => {
  const floors: Readonly<Record<string, number>> = { process: 3, partition: 2, record: 1, commit: 1, ground: 0 }

  it('import downwards only, and stand on few arrows', () => {
    const arrows = new Set<string>()
    const upwards: string[] = []
    for (const file of files) {
      const source = readFileSync(new URL(file, runtime), 'utf8')
      for (const [, target] of source.matchAll(/from '\.\.\/([a-z]+)\/[a-z-]+\.ts'/g)) {
        if (!(target! in floors)) continue
        arrows.add(`${dirname(file)} -> ${target}`)
        if (floors[target!]! >= floors[dirname(file)]!) upwards.push(`${file} -> ${target}`)
      }
    }
    expect(upwards).toEqual([])
    expect(arrows.size).toBeLessThanOrEqual(8)
    expect(existsSync(new URL('ground', runtime))).toBe(true)
  })
})
