import { readFileSync, writeFileSync } from 'node:fs'
import { decidesInOrder, type Topology } from '../../../engine/declare/index.ts'
import { table } from '../display/printable.ts'
import { CommandError, exitCodes } from '../ending/exit-codes.ts'
import { modelsOf, outletsOf } from '../topology-picture/topology-layout.ts'
import { topologyPicture } from '../topology-picture/topology-picture.ts'

/** The graph as text. */
export function topologyText(topology: Topology): string {
  const lines = topology.stages.map(stage => [
    stage.name,
    stage.reads.records,
    outletsOf(stage)
      .map(({ records }) => records)
      .join(', '),
    modelsOf(stage).join(', '),
    decidesInOrder(stage) ? 'offset order' : 'out of order'
  ])
  return table(['stage', 'reads', 'writes', 'asks', 'decides'], lines).join('\n')
}

/** Writes the picture, or compares it with a file. @throws CommandError when they differ. */
export function topologyFile(topology: Topology, file: string, mode: 'write' | 'check'): void {
  const picture = topologyPicture(topology)
  if (mode === 'write') {
    writeFileSync(file, picture)
    return
  }
  let found: string | undefined
  try {
    found = readFileSync(file, 'utf8')
  } catch {
    // Not there: it differs, too.
  }
  if (found !== picture) throw new CommandError(exitCodes.problems, `${file} is not up to date. Run: npm run topology`)
}
