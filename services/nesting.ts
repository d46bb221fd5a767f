/**
 * Whether objects and arrays are nested more than `levels` deep in a value parsed from JSON. Walks without recursion:
 * JSON.parse takes any depth, but JSON.stringify and its like overflow the stack at some thousand levels.
 */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level: readonly object[] = containersIn([value])
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true
    level = level.flatMap(container => containersIn(Object.values(container)))
  }
  return false
}

const containersIn = (values: readonly unknown[]): object[] =>
  values.filter((value): value is object => typeof value === 'object' && value !== null)
