import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAvailable, type LocalRegistry, startRegistry } from '../../../infra/kafka/index.ts'

const { reason } = isAvailable()

// Where Java is there, all of this must pass; where it is not, the reason must help.
if (reason !== undefined) {
  it('says what to install', () => expect(reason).toContain('apt-get install'))
} else {
  describe('a schema registry on this machine', () => {
    const data = mkdtempSync(join(tmpdir(), 'registry-local-'))
    let registry: LocalRegistry
    beforeAll(async () => {
      registry = await startRegistry({ data })
    }, 300_000)
    afterAll(async () => {
      await registry.kill()
      rmSync(data, { recursive: true, force: true })
    })

    const call = async (method: string, path: string, body?: unknown) => {
      const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
      const answer = await fetch(`${registry.url}${path}`, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null
      })
      return { status: answer.status, body: (await answer.json()) as { id?: number; compatibilityLevel?: string } }
    }
    const record = (type: string) => ({
      schema: JSON.stringify({ type: 'record', name: 'Thing', fields: [{ name: 'size', type }] })
    })

    it('keeps a schema that it answered for over a kill, on the same address', async () => {
      const { url } = registry
      const { body } = await call('POST', '/subjects/things-value/versions', record('int'))
      await registry.kill()
      await expect(call('GET', '/subjects')).rejects.toThrow('fetch failed')
      await registry.restart()
      expect(registry.url).toBe(url)
      expect((await call('GET', '/subjects/things-value/versions/1')).body.id).toBe(body.id)
    })

    it('refuses an incompatible schema until it is told otherwise, and remembers that', async () => {
      expect((await call('POST', '/subjects/things-value/versions', record('string'))).status).toBe(409)
      await call('PUT', '/config', { compatibility: 'NONE' })
      await registry.restart()
      expect((await call('GET', '/config')).body.compatibilityLevel).toBe('NONE')
      expect((await call('POST', '/subjects/things-value/versions', record('string'))).status).toBe(200)
    })
  })
}
