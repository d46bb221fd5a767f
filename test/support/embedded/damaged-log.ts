import { openEmbeddedLog } from '../../../engine/log/embedded/open.ts'
import { output } from '../log-driver-context.ts'

/** A log with trees of three levels, values in leaves and on pages of their own, positions, schemas, and free pages. */
export async function makeLog(dir: string): Promise<void> {
  const log = await openEmbeddedLog({ dir, role: 'run' })
  await log.createTopics([
    { topic: 'short', partitions: 2 },
    { topic: 'long', partitions: 3 }
  ])
  for (let schema = 0; schema < 5; schema++)
    await log.registry.idOf('s', JSON.stringify({ type: 'fixed', name: 's'.repeat(900 * (schema + 1)), size: 1 }))
  const owner = await (await log.join('group', 'short', { assigned() {}, revoked() {}, crashed() {} })).take(0)
  for (let commit = 1; commit <= 40; commit++)
    await owner.commit(outputsOf(commit), { offset: commit, metadata: 'm'.repeat(commit * 20) })
  await log.close()
}

const outputsOf = (commit: number) =>
  Array.from({ length: 40 }, (_, index) => {
    const text = `${commit}/${index} `
    return index % 4 === 0
      ? output('long', text.repeat(600 + 10 * index), { partition: (commit + index) % 3 })
      : output('short', text.repeat(index * 3), { partition: index % 2 })
  })
