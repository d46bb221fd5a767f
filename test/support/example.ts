import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** Runs `main.ts` of an example in its folder, with these variables alone. */
export async function runExample(folder: string, variables: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH ?? '', ...variables }
  const child = spawn(process.execPath, ['main.ts'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const pairs = output
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, string>)
  return { code: child.exitCode, pairs, errors }
}
