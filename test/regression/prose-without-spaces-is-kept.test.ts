import { describe, expect, it } from 'vitest'
import segment from '../../services/segment-document/segmentation-thread.ts'
import { settings } from '../../services/segment-document/settings.ts'
import { countWords, joint, joinWrapped } from '../../services/words.ts'

/** Symptom: Chinese, Japanese and Thai prose was rejected as `no-prose`, or came out with spaces in its sentences. */
const prose = {
  zh: '蜜蜂是一种会飞的昆虫，它们从花朵中采集花蜜，并把花蜜酿成蜂蜜。蜂巢里有一只蜂王、许多工蜂和少量雄蜂。工蜂负责采集食物、照顾幼虫和清洁蜂巢。当一只工蜂发现了新的花丛，它会回到蜂巢，用舞蹈告诉同伴方向和距离。',
  ja: 'ミツバチは花から蜜を集める昆虫です。巣の中には一匹の女王蜂と多くの働き蜂がいます。働き蜂は食べ物を集め、幼虫の世話をし、巣を掃除します。新しい花を見つけた働き蜂は巣に戻り、踊りで仲間に方向と距離を伝えます。',
  th: 'ผึ้งเป็นแมลงที่บินได้และเก็บน้ำหวานจากดอกไม้เพื่อนำมาทำน้ำผึ้งภายในรังมีนางพญาผึ้งหนึ่งตัวและผึ้งงานจำนวนมากผึ้งงานมีหน้าที่หาอาหารดูแลตัวอ่อนและทำความสะอาดรังเมื่อผึ้งงานพบแหล่งดอกไม้ใหม่มันจะกลับมาที่รัง'
} as const

const cut = (text: string, mediaType: string) =>
  segment({ content: new TextEncoder().encode(text), mediaType, settings: settings.parse({}) })

const passagesOf = (text: string, mediaType: string): readonly string[] => {
  const cuts = cut(text, mediaType)
  return 'rejected' in cuts ? [`rejected as ${cuts.rejected}: ${cuts.evidence}`] : cuts.passages.map(({ text }) => text)
}

const languages = Object.entries(prose)

describe('prose in a script without spaces', () => {
  it.each(languages)('%s is kept where an address stands in its middle', (_, text) => {
    const withAddress = `${text.slice(0, 40)}https://example.com/page?id=1${text.slice(40)}`
    expect(passagesOf(withAddress, 'text/plain')).toEqual([withAddress])
    const bracketed = `${text.slice(0, 40)}（https://example.com/abc）${text.slice(40)}`
    expect(passagesOf(bracketed, 'text/plain')).toEqual([bracketed])
  })

  it.each(languages)('%s is kept in a cell of a table, in Markdown and in HTML', (_, text) => {
    expect(passagesOf(`| a | b |\n|---|---|\n| 1 | ${text} |`, 'text/markdown').join()).toContain(text)
    expect(passagesOf(`<table><tr><td>1</td><td>${text}</td></tr></table>`, 'text/html').join()).toContain(text)
  })

  it.each(languages)('%s is joined without spaces where its lines were wrapped', (_, text) => {
    const wrapped = text.match(/.{1,60}/gsu)!.join('\n')
    expect(passagesOf(wrapped, 'text/plain')).toEqual([text])
    expect(passagesOf(wrapped, 'text/markdown')).toEqual([text])
  })

  it.each(languages)('%s is cut into sentences without a space between them', (language, text) => {
    const long = Array.from({ length: 30 }, (_, i) => text.replace(text.slice(3, 6), `${i + 10}`)).join('')
    const passages = passagesOf(long, 'text/plain')
    expect(passages.length).toBeGreaterThan(1)
    if (language !== 'th') expect(passages.join('')).toBe(long)
    for (const passage of passages) expect(passage).not.toMatch(/[。、] /u)
  })

  it('does not excuse a long unbroken string that holds one such letter', () => {
    const noise = `${'QUJDREVGR0hJSktMTU5PUA'.repeat(20)}蜂${'cXJzdHV2d3h5ejAxMjM0NTY'.repeat(20)}`
    expect(cut(noise, 'text/plain')).toMatchObject({
      rejected: 'no-prose',
      evidence: expect.stringContaining('unbroken strings')
    })
  })
})

describe('a page that begins with its body', () => {
  it('is read, though it does not say that it is HTML', () => {
    const text = 'Bees collect nectar from flowers and turn it into honey, which feeds the hive in winter. '
      .repeat(4)
      .trim()
    expect(passagesOf(`<body>${text}<br>${text}</body>`, 'text/html').join()).toContain(text)
  })
})

describe('words', () => {
  it('are counted by dictionary where no spaces stand between them', () => {
    expect(countWords('Bees fly far.')).toBe(3)
    expect(countWords('蜜蜂采集花蜜。')).toBe(3)
    expect(countWords('ผึ้งเก็บน้ำหวาน')).toBeGreaterThanOrEqual(2)
    expect(countWords('')).toBe(0)
  })

  it('are joined with a space where one of both sides has spaces', () => {
    expect(joint('蜂蜜', '花')).toBe('')
    expect(joint('honey', '花')).toBe(' ')
    expect(joint('𠀀', '𠀁')).toBe('')
    expect(joinWrapped(['Bees', 'fly,', '蜂', '蜜'])).toBe('Bees fly, 蜂蜜')
  })
})
