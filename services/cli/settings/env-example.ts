import { writeFileSync } from 'node:fs'
import { describeVariables } from './variables.ts'

/** Text of `.env.example`: every variable with what it means and its default. */
export function envExample(): string {
  const head = [
    '# Settings of fanno, all optional. A flag goes before the environment, the environment before fanno.config.yaml.',
    '# Made by `node services/cli/settings/env-example.ts`. Do not edit.'
  ]
  const entries = describeVariables().map(({ name, description, byDefault, secret }) =>
    [`# ${description}${secret ? ` Or ${name}_FILE: a file that holds it.` : ''}`, `#${name}=${byDefault ?? ''}`].join(
      '\n'
    )
  )
  const prompts =
    '# Another file for a prompt, by its id in upper case: FANNO_PROMPT_PASSAGE_QUALITY for passage-quality.'
  return `${[head.join('\n'), ...entries, `${prompts}\n#FANNO_PROMPT_<ID>=`].join('\n\n')}\n`
}

if (import.meta.main) writeFileSync(new URL('../../../.env.example', import.meta.url), envExample())
