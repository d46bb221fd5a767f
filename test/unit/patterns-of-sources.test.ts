import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { patternsOf, sitesOf } from '../checks/patterns-of-sources.ts'

describe('a source file', () => {
  it('shows its literals with their lines, types or not', () => {
    const text = "interface A {\n  a: string\n}\nconst b: RegExp = /a+b/gi // not /this/\nconst c = 'nor /that/'\n"
    expect(sitesOf('x.ts', text)).toEqual({
      literals: [{ at: 'x.ts:4', source: 'a+b', flags: 'gi' }],
      built: []
    })
  })
  it('shows where it builds others, with and without new', () => {
    expect(sitesOf('x.ts', "const a = new RegExp('a')\nconst b = RegExp(a)\n").built).toEqual(['x.ts:1', 'x.ts:2'])
  })
})

describe('built patterns', () => {
  let root: string
  beforeEach(() => {
    root = `${mkdtempSync(join(tmpdir(), 'patterns-'))}/`
    mkdirSync(join(root, 'node_modules'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('are caught as they come into being when their module is loaded, also through a function of its own', async () => {
    writeFileSync(
      join(root, 'a.mjs'),
      "const of = text => new RegExp(text, 'u')\nexport const all = ['a', 'b'].map(text => of(text + '+'))\n"
    )
    const { patterns, unseen } = await patternsOf('*.mjs', root)
    expect(new Set(patterns.map(({ source, flags }) => `/${source}/${flags}`))).toEqual(new Set(['/a+/u', '/b+/u']))
    expect(unseen).toEqual([])
  })
  it('that only a call would build are named', async () => {
    writeFileSync(join(root, 'b.mjs'), "export const of = text => new RegExp(text, 'u')\n")
    expect(await patternsOf('*.mjs', root)).toEqual({ patterns: [], unseen: ['b.mjs:1'] })
  })
})
