import { readdirSync, readFileSync } from 'node:fs'

/**
 * Labelled instructions: files `test/stages/hard-rules/<what>.<language>.txt`. A line `# reason` names the rule that the
 * lines after it are about; `+` marks an instruction that passes every rule, `-` one that this rule turns down; `?` before them says that the rules do
 * not get it right. `\n` is
 * the end of a line. Labels were given before the rules were run on them.
 */
export interface LabelledCase {
  readonly file: string
  readonly language: string
  readonly instruction: string
  /** The rule that the case was written for. */
  readonly rule: string
  readonly passes: boolean
  readonly missed: boolean
  /** In a file `blind*`: written and labelled after the rules, and run once before anything was changed for them. */
  readonly heldOut: boolean
}

const folder = new URL('../../stages/hard-rules/', import.meta.url)

export const labelledFiles: readonly string[] = readdirSync(folder)
  .filter(name => name.endsWith('.txt'))
  .sort()

export function labelledCases(file: string): LabelledCase[] {
  const language = file.split('.').at(-2)!
  const cases: LabelledCase[] = []
  let rule = ''
  for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    if (line.startsWith('# ')) rule = line.slice(2)
    const [, missed, side] = /^(\??)([+-]) /.exec(line) ?? []
    if (side === undefined) continue
    const instruction = line.slice(line.indexOf(' ') + 1).replaceAll('\\n', '\n')
    const heldOut = file.startsWith('blind')
    cases.push({ file, language, instruction, rule, passes: side === '+', missed: missed === '?', heldOut })
  }
  return cases
}
