import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { damageText } from '../../../engine/log/embedded/damage/damage.ts'
import {
  type EmbeddedLog,
  type EmbeddedRole,
  inspectEmbeddedLog,
  isEmbeddedLog,
  openEmbeddedLog,
  removeEmbeddedLog
} from '../../../engine/log/embedded/open.ts'
import { isLogError } from '../../../engine/log/errors.ts'
import type { EmbeddedTarget } from '../configuration.ts'
import type { LogBackend, LogRole } from './backend.ts'

const roles = { read: 'read', salvage: 'read', append: 'append', run: 'run', serve: 'run' } as const satisfies Record<
  LogRole,
  string
>

/** Each pipeline is an embedded log in a folder of its own. */
export function embeddedBackend({ dataDir }: EmbeddedTarget): LogBackend {
  const folderOf = (pipeline: string) => join(dataDir, pipeline)
  return {
    label: dataDir,
    pipelines: async () =>
      existsSync(dataDir)
        ? readdirSync(dataDir)
            .filter(name => isEmbeddedLog(folderOf(name)))
            .sort()
        : [],
    async open(pipeline, role) {
      const dir = folderOf(pipeline)
      const { driver, damage } = role === 'salvage' ? await openWhatIsWhole(dir) : await openWhole(dir, roles[role])
      return { driver, damage, secret: async () => driver.secret(), size: async () => (await driver.size()).bytes }
    },
    damage: pipeline => inspectEmbeddedLog(folderOf(pipeline)),
    remove: pipeline => removeEmbeddedLog(folderOf(pipeline)),
    localDir: pipeline => join(folderOf(pipeline), 'local')
  }
}

const openWhole = async (dir: string, role: EmbeddedRole) => ({
  driver: await openEmbeddedLog({ dir, role }),
  damage: []
})

async function openWhatIsWhole(dir: string): Promise<{ driver: EmbeddedLog; damage: readonly string[] }> {
  try {
    return await openWhole(dir, 'read')
  } catch (error) {
    if (!isLogError(error, 'log-damaged')) throw error
    const { openDamagedLog } = await import('../../../engine/log/embedded/salvage.ts')
    const { driver, damage } = await openDamagedLog(dir)
    const unlisted = damage.more > 0 ? [`and ${damage.more} more`] : []
    return { driver, damage: [...damage.listed.map(damageText), ...unlisted] }
  }
}
