import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { LocalKafkaError } from './errors.ts'

/** Programs that Maven fetches once for all projects of this user. Their versions are in the poms beside this file. */
export interface Artifact {
  /** Its name and version: the folder in the cache. */
  readonly name: string
  readonly title: string
  readonly pom: URL
  readonly goal: 'copy-dependencies' | 'unpack'
  /** Files without which it would not start. */
  readonly needs: readonly string[]
  /** So many jars at the least. */
  readonly jars: number
  readonly downloadMegabytes: number
}

export const brokerArtifact: Artifact = {
  name: 'kafka-4.4.0',
  title: 'Apache Kafka 4.4.0',
  pom: new URL('broker/pom.xml', import.meta.url),
  goal: 'copy-dependencies',
  needs: ['kafka_2.13-4.4.0.jar', 'kafka-server-4.4.0.jar', 'kafka-clients-4.4.0.jar', 'slf4j-simple-1.7.36.jar'],
  jars: 40,
  downloadMegabytes: 43
}

export const registryArtifact: Artifact = {
  name: 'apicurio-registry-3.0.9',
  title: 'Apicurio Registry 3.0.9',
  pom: new URL('registry/pom.xml', import.meta.url),
  goal: 'unpack',
  needs: ['apicurio-registry-app-3.0.9-runner.jar'],
  jars: 300,
  downloadMegabytes: 109
}

/** KAFKA_LOCAL_CACHE, or `fanno` below the user's folder for caches. */
export const cacheFolder = (): string =>
  process.env.KAFKA_LOCAL_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fanno')

/** Where it lies once fetched; undefined before. */
export function fetchedFolder(artifact: Artifact): string | undefined {
  const folder = join(cacheFolder(), artifact.name)
  return whatLacks(artifact, folder) === undefined ? folder : undefined
}

/**
 * Its folder in the cache, fetched first where it is not there. Several processes may fetch at once: each into a folder
 * of its own, and the first to be ready gives the cache its copy.
 * @throws LocalKafkaError when Maven is missing or cannot fetch it.
 */
export async function fetchArtifact(artifact: Artifact, notice: (text: string) => void): Promise<string> {
  const folder = join(cacheFolder(), artifact.name)
  if (whatLacks(artifact, folder) === undefined) return folder
  notice(`Fetching ${artifact.title} (${artifact.downloadMegabytes} MB, once) into ${folder}`)
  mkdirSync(cacheFolder(), { recursive: true })
  const fresh = mkdtempSync(`${folder}.fetching-`)
  try {
    // Maven writes beside the pom, so it works on a copy.
    copyFileSync(artifact.pom, join(fresh, 'pom.xml'))
    await maven(artifact, fresh)
    const unpacked = join(fresh, 'unpacked')
    const lacking = whatLacks(artifact, unpacked)
    if (lacking) throw new LocalKafkaError(`Maven fetched ${artifact.title} incompletely: ${lacking}.`)
    if (whatLacks(artifact, folder) !== undefined) {
      // What lies there is damaged: a folder is only ever put there whole.
      rmSync(folder, { recursive: true, force: true })
      renameInto(unpacked, folder)
    }
    return folder
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function renameInto(unpacked: string, folder: string): void {
  try {
    renameSync(unpacked, folder)
  } catch (error) {
    // Another process was faster by a moment.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

function whatLacks(artifact: Artifact, folder: string): string | undefined {
  const missing = artifact.needs.find(file => !existsSync(join(folder, file)))
  if (missing) return `${missing} is missing`
  const jars = globSync('**/*.jar', { cwd: folder }).length
  return jars < artifact.jars ? `only ${jars} jars` : undefined
}

async function maven(artifact: Artifact, folder: string): Promise<void> {
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${artifact.goal}`
  const child = spawn('mvn', ['--batch-mode', '--quiet', goal], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch(error => {
    throw new LocalKafkaError(`Maven does not start. ${howToGetJava}`, 69, error)
  })
  if (code === 0) return
  const lines = (await output).join('').trim().split('\n').slice(0, 20).join('\n')
  throw new LocalKafkaError(
    `Maven could not fetch ${artifact.title} (exit code ${code}). Without a network, fill the cache (KAFKA_LOCAL_CACHE) elsewhere.\n${lines}`
  )
}

export const howToGetJava =
  'A local Kafka needs Java 17 or newer, and Maven to fetch it the first time. On Debian and Ubuntu: apt-get install openjdk-17-jre-headless maven; on macOS: brew install openjdk@17 maven.'
