import { exitCodes } from './ending/exit-codes.ts'
import { exitCodeOf, messageOf } from './ending/report-error.ts'
import { buildProgram, usageExitCode } from './program/program.ts'

/** The `fanno` command. Data goes to standard output, everything else to standard error. */

// Whoever reads our output may leave early: `fanno cat pairs | head`.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(exitCodes.ok)
  process.stderr.write(`fanno: ${messageOf(error)}\n`)
  process.exit(exitCodeOf(error))
})

const lingerMs = 3_000

// A command that waits for an endpoint may have nothing else open: it must not end for that.
const alive = setInterval(() => {}, 2 ** 30)
try {
  await buildProgram(code => {
    process.exitCode = code
  }).parseAsync()
} catch (error) {
  const usage = usageExitCode(error)
  if (usage === undefined) process.stderr.write(`fanno: ${messageOf(error)}\n`)
  process.exitCode = usage ?? exitCodeOf(error)
} finally {
  clearInterval(alive)
  // All is done and said. A connection to something that hangs must not keep the process.
  setTimeout(() => process.exit(), lingerMs).unref()
}
