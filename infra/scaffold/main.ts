import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { newStage, ScaffoldError } from './new-stage.ts'

/**
 * `npm run new-stage NAME [-- --reads TOPIC --writes RECORD]`.
 * Exit codes: 0 written, 2 usage, or a stage that cannot be made so; then nothing was written.
 */

const program = new Command('new-stage')
  .description('Creates a stage: code, prompt, test, schema and topic. Does not add it to the pipeline.')
  .exitOverride()
  .argument('<name>', 'verb-noun, for example trim-response')
  .option('--reads <topic>', 'input topic; default: the topic whose record is the noun of the name')
  .option(
    '--writes <record>',
    'output record; default: derived from the name, such as trimmed-response for trim-response'
  )
  .action((stage: string, options: { reads?: string; writes?: string }) => {
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const { files, next } = newStage({ root, stage, ...options })
    const steps = next.map((step, index) => `  ${index + 1}. ${step}`)
    console.log(['Written:', ...files.map(file => `  ${file}`), '', 'Next steps:', ...steps].join('\n'))
  })

try {
  program.parse()
} catch (error) {
  if (error instanceof ScaffoldError) console.error(`new-stage: ${error.message.replaceAll('\n', '\n           ')}`)
  else if (!(error instanceof CommanderError)) throw error
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2
}
