import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { inferenceErrorKinds } from '../../engine/inference/errors.ts'
import { logErrorCodes } from '../../engine/log/errors.ts'
import { haltCodes } from '../../engine/runtime/ground/halt.ts'

const section = (file: string, heading: string): string => {
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8')
  const found = text.split(/^## /m).find(part => part.startsWith(heading))
  if (!found) throw new Error(`docs/${file} has no section "${heading}"`)
  return found
}
const rows = (text: string): string[][] =>
  [...text.matchAll(/^\| (.*) \|$/gm)]
    .map(([, row]) => row!.split(' | ').map(cell => cell.replaceAll('`', '')))
    .filter(([first]) => first !== 'code' && first !== 'kind' && !first!.startsWith('---'))

describe('the documentation', () => {
  it('lists every halt code with its exit code and its meaning, and no other', () => {
    const listed = Object.fromEntries(
      rows(section('operations.md', 'When it stops')).map(([code, exitCode, means]) => [
        code,
        { exitCode: Number(exitCode), means }
      ])
    )
    expect(listed).toEqual(haltCodes)
  })

  it('lists every error code of the log, and no other', () => {
    expect(Object.fromEntries(rows(section('operations.md', 'Errors of the log')))).toEqual(logErrorCodes)
  })

  it('lists every kind of inference error, and no other', () => {
    const listed = rows(section('inference.md', 'What a failure means')).map(([kind]) => kind)
    expect(listed.sort()).toEqual(Object.keys(inferenceErrorKinds).sort())
  })
})
