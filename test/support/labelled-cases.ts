import { readdirSync, readFileSync } from 'node:fs'

/**
 * Labelled instructions: files `test/stages/hard-rules/<what>.<language>.txt`. A line `# reason` names the rule that the
 * lines after it are about; `+` marks an instruction that passes every rule, `-` one that this rule turns down. `\n` is
 * the end of a line. Labels were given before the rules were run on them.
 */
export interface LabelledCase {
  readonly file: string
  readonly language: string
  readonly instruction: string
  /** The rule that the case was written for. */
  readonly rule: string
  readonly passes: boolean
  /** In a file `blind.*`: written and labelled after the rules, and run once before anything was changed for them. */
  readonly heldOut: boolean
}

const folder = new URL('../stages/hard-rules/', import.meta.url)

export const labelledFiles: readonly string[] = readdirSync(folder)
  .filter(name => name.endsWith('.txt'))
  .sort()

export function labelledCases(file: string): LabelledCase[] {
  const language = file.split('.').at(-2)!
  const cases: LabelledCase[] = []
  let rule = ''
  for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
    if (line.startsWith('# ')) rule = line.slice(2)
    if (!/^[+-] /.test(line)) continue
    const instruction = line.slice(2).replaceAll('\\n', '\n')
    const heldOut = file.startsWith('blind.')
    cases.push({ file, language, instruction, rule, passes: line.startsWith('+'), heldOut })
  }
  return cases
}
