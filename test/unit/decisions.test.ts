import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const decisions = new URL('docs/decisions/', root)
const index = readFileSync(new URL('README.md', decisions), 'utf8')
const files = globSync('*/*.md', { cwd: decisions }).sort()

describe('the index of decisions', () => {
  it('names every decision by its title and its date, each with a line on what it says, and no other', () => {
    const listed = [...index.matchAll(/^\| ([\d-]{10}) \| \[([^\]]+)\]\(([^)]+)\) \| [^|]+ \|$/gm)]
    expect(listed.map(([, , , file]) => file).sort()).toEqual(files)
    for (const [, date, title, file] of listed) {
      const text = readFileSync(new URL(file!, decisions), 'utf8')
      expect(text.split('\n')[0]).toContain(title)
      expect(file).toContain(date)
    }
  })

  it('is cited by files that exist', () => {
    const sources = globSync('{engine,services,infra,docs,test}/**/*.{ts,md}', { cwd: root })
    const missing = sources.flatMap(source =>
      [...readFileSync(new URL(source, root), 'utf8').matchAll(/docs\/decisions\/([\w./-]+\.md)/g)]
        .filter(([, cited]) => cited !== 'README.md' && !files.includes(cited!))
        .map(([, cited]) => `${source}: ${cited}`)
    )
    expect(missing).toEqual([])
  })
})
