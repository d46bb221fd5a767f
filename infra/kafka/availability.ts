import { brokerArtifact, fetchedFolder, howToGetJava, registryArtifact } from './artifacts.ts'
import { LocalKafkaError } from './errors.ts'
import { javaVersion, mavenVersion, oldestJava } from './java.ts'

/** What this machine has of what a local Kafka needs. */
export interface Availability {
  readonly java: string | undefined
  readonly maven: string | undefined
  /** Why a local Kafka cannot be had here, and what to do. Undefined where it can. */
  readonly reason: string | undefined
}

/** Looks whether a broker and a registry can be started here, without fetching anything. Takes about half a second. */
export function isAvailable(): Availability {
  const java = javaVersion()
  const maven = mavenVersion()
  const fetched = [brokerArtifact, registryArtifact].every(artifact => fetchedFolder(artifact) !== undefined)
  const reason = javaProblem(java) ?? (maven || fetched ? undefined : `Maven is not installed. ${howToGetJava}`)
  return { java, maven, reason }
}

/** The version of Java. @throws LocalKafkaError without one that is new enough. */
export function needJava(): string {
  const java = javaVersion()
  const problem = javaProblem(java)
  if (problem) throw new LocalKafkaError(problem)
  return java!
}

function javaProblem(java: string | undefined): string | undefined {
  if (java === undefined) {
    const looked = process.env.JAVA_HOME ? 'JAVA_HOME has no working java' : 'no working java on the PATH'
    return `Java is not installed: ${looked}. ${howToGetJava}`
  }
  return Number.parseInt(java, 10) < oldestJava ? `Java ${java} is too old. ${howToGetJava}` : undefined
}
