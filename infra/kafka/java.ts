import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** The oldest Java that runs both the broker and the registry. */
export const oldestJava = 17

/** The `java` to run: that of JAVA_HOME where it is set, else that of the PATH. */
export const javaCommand = (): string => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java')

/** The version of Java that is installed, such as `17.0.15`. */
export const javaVersion = (): string | undefined =>
  // Before Java 9 there was a "1." in front: 1.8.0 is Java 8.
  /version "(?:1\.)?([^"]+)"/.exec(outputOf(javaCommand(), '-version') ?? '')?.[1]

/** The version of Maven that is installed, such as `3.8.7`. */
export const mavenVersion = (): string | undefined => /Apache Maven (\S+)/.exec(outputOf('mvn', '--version') ?? '')?.[1]

function outputOf(command: string, flag: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(command, [flag], { encoding: 'utf8' })
  // Maven paints its version even into a pipe.
  return status === 0 ? stripVTControlCharacters(`${stdout}${stderr}`) : undefined
}
