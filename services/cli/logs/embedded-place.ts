import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../../engine/log/embedded/open.ts'
import type { EmbeddedTarget } from '../log-target.ts'
import type { LogPlace, LogRole } from './place.ts'

const roles = { read: 'read', append: 'append', run: 'run', serve: 'run' } as const satisfies Record<LogRole, string>

/** Each pipeline is an embedded log in a folder of its own. */
export function embeddedPlace({ dataDir }: EmbeddedTarget): LogPlace {
  const folderOf = (pipeline: string) => join(dataDir, pipeline)
  return {
    label: dataDir,
    pipelines: async () =>
      existsSync(dataDir)
        ? readdirSync(dataDir)
            .filter(name => existsSync(join(folderOf(name), 'data.mdb')))
            .sort()
        : [],
    async open(pipeline, role) {
      const driver = await openEmbeddedLog({ dir: folderOf(pipeline), role: roles[role] })
      return { driver, secret: async () => driver.secret(), size: async () => (await driver.size()).bytes }
    },
    async remove(pipeline) {
      // Whoever runs its stages holds this.
      const held = await openEmbeddedLog({ dir: folderOf(pipeline), role: 'run' })
      await held.close()
      await rm(folderOf(pipeline), { recursive: true, force: true })
    },
    localDir: pipeline => join(folderOf(pipeline), 'local')
  }
}
