import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { brokerArtifact, fetchedFolder } from '../artifacts.ts'
import { javaVersion } from '../java.ts'

/**
 * An archive of loaded classes halves the start of a broker (2.5 s to 1.3 s). Java writes one when a program ends
 * orderly, which takes 3 s more: so the first broker that is stopped on this machine writes it, for all that follow.
 * One that does not fit (another Java, other jars) is ignored by Java.
 */
export function archiveParameters(jars: string, java: string, folder: string, mayWrite: boolean): string[] {
  const shared = sharedArchive(jars, java)
  return shared.length === 0 && mayWrite ? [`-XX:ArchiveClassesAtExit=${written(folder)}`] : shared
}

/** For a program that only uses it. */
export function sharedArchive(jars: string, java: string): string[] {
  const shared = archiveOf(jars, java)
  return existsSync(shared) ? [`-XX:SharedArchiveFile=${shared}`] : []
}

/** Puts the archive that an orderly stop has just written, if it did, where all brokers find it. */
export function shareArchive(folder: string): void {
  if (!existsSync(written(folder))) return
  const [jars, java] = [fetchedFolder(brokerArtifact), javaVersion()]
  if (!jars || !java) return
  const shared = archiveOf(jars, java)
  // The data folder may be on another disk, from which nothing can be renamed into the cache.
  const fresh = `${shared}.${process.pid}`
  copyFileSync(written(folder), fresh)
  renameSync(fresh, shared)
  rmSync(written(folder), { force: true })
}

const archiveOf = (jars: string, java: string): string => join(jars, `classes-${java}.jsa`)
const written = (folder: string): string => join(folder, 'classes.jsa')
