import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLog } from '../../engine/log/embedded/open.ts'
import { logDriverContract } from './log-driver.ts'

logDriverContract('embedded', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'embedded-log-'))
  const driver = await openEmbeddedLog({ dir, role: 'run' })
  return {
    driver,
    reopen: () => openEmbeddedLog({ dir, role: 'append' }),
    async cleanup() {
      await driver.close()
      await rm(dir, { recursive: true })
    }
  }
})
