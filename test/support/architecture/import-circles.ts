import { importsOf, type Source, type Violation } from './architecture-rules.ts'

/**
 * Circles among the files and folders of one folder, a folder counting with all that is in it. Without any, they can be
 * put in one order so that each imports only what stands before it. Imports of types count: what needs each other is one
 * thing, or hides a third.
 */
export function importCircles(sources: readonly Source[]): Violation[] {
  const arrows = new Map<string, Map<string, Set<string>>>()
  for (const source of sources)
    for (const { target, ours } of importsOf(source)) if (ours) addArrow(arrows, source.path, target)
  return [...arrows].flatMap(([folder, targets]) =>
    circlesOf(targets).map(circle => ({
      path: folder || '.',
      found: circle.join(' -> '),
      reason: 'what imports each other cannot be read, tested or moved apart'
    }))
  )
}

/** Files the import under the folder that both are in, as an arrow between two of its members. */
function addArrow(arrows: Map<string, Map<string, Set<string>>>, from: string, to: string): void {
  const [a, b] = [from.split('/'), to.split('/')]
  const shared = a.findIndex((part, index) => part !== b[index])
  if (shared < 0) return
  const folder = a.slice(0, shared).join('/')
  const targets = arrows.get(folder) ?? new Map<string, Set<string>>()
  arrows.set(folder, targets)
  const found = targets.get(a[shared]!) ?? new Set<string>()
  targets.set(a[shared]!, found.add(b[shared]!))
}

/** One circle for each arrow that closes one, in a walk from every member. */
function circlesOf(targets: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const finished = new Set<string>()
  const circles: string[][] = []
  const walk = (member: string, trail: readonly string[]): void => {
    const start = trail.indexOf(member)
    if (start >= 0) {
      circles.push([...trail.slice(start), member])
      return
    }
    if (finished.has(member)) return
    for (const target of targets.get(member) ?? []) walk(target, [...trail, member])
    finished.add(member)
  }
  for (const member of targets.keys()) walk(member, [])
  return circles
}
