import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { newStage, ScaffoldError } from './new-stage.ts'

/**
 * `npm run new-stage NAME [-- --reads TOPIC --writes RECORD]`.
 * Exit codes: 0 written, 2 usage, or a stage that cannot be made so; then nothing was written.
 */

const program = new Command('new-stage')
  .description('Writes a new stage: code, prompt, test, schema and topic. It is not in the pipeline yet.')
  .exitOverride()
  .argument('<name>', 'verb-noun: trim-response')
  .option('--reads <topic>', 'the topic that it reads; by default the one that carries its noun')
  .option('--writes <record>', 'the record that it writes; by default trimmed-response, for trim-response')
  .action((stage: string, options: { reads?: string; writes?: string }) => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const { files, next } = newStage({ root, stage, ...options })
    const steps = next.map((step, index) => `  ${index + 1}. ${step}`)
    console.log(['Written:', ...files.map(file => `  ${file}`), '', 'What remains:', ...steps].join('\n'))
  })

try {
  program.parse()
} catch (error) {
  if (error instanceof ScaffoldError) console.error(`new-stage: ${error.message.replaceAll('\n', '\n           ')}`)
  else if (!(error instanceof CommanderError)) throw error
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2
}
