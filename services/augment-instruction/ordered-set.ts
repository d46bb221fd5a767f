/**
 * A set of values in order that can be asked "which is the i-th" and "how many come before". Every operation takes time
 * logarithmic in its size (expected): a treap, a search tree kept balanced by random priorities, with sizes.
 */
export interface OrderedSet<T> {
  readonly size: number
  /** The value must not be in the set. */
  insert(value: T): void
  /** The value must be in the set. */
  remove(value: T): void
  /** The value at a place, from 0. @throws RangeError when there is none. */
  at(place: number): T
  /** How many values satisfy `before`, which must hold for a first part of the order and for nothing after it. */
  countWhile(before: (value: T) => boolean): number
}

interface Node<T> {
  readonly value: T
  readonly priority: number
  size: number
  left: Node<T> | undefined
  right: Node<T> | undefined
}

/** @param compare negative when the first comes first; 0 only for one and the same value. */
export function orderedSet<T>(compare: (a: T, b: T) => number): OrderedSet<T> {
  let root: Node<T> | undefined
  let state = 1
  // Priorities only have to be unrelated to the order of the values; they never show in an answer. (xorshift32)
  const priority = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return {
    get size() {
      return sizeOf(root)
    },
    insert(value) {
      const node = { value, priority: priority(), size: 1, left: undefined, right: undefined }
      root = insert(root, node, compare)
    },
    remove(value) {
      root = remove(root, value, compare)
    },
    at(place) {
      let rest = place
      for (let node = root; node; ) {
        const left = sizeOf(node.left)
        if (rest === left) return node.value
        if (rest < left) node = node.left
        else {
          rest -= left + 1
          node = node.right
        }
      }
      throw new RangeError(`no place ${place} in a set of ${sizeOf(root)}`)
    },
    countWhile(before) {
      let count = 0
      for (let node = root; node; ) {
        const passes = before(node.value)
        if (passes) count += sizeOf(node.left) + 1
        node = passes ? node.right : node.left
      }
      return count
    }
  }
}

const sizeOf = (node: Node<unknown> | undefined): number => node?.size ?? 0

type Compare<T> = (a: T, b: T) => number

function insert<T>(tree: Node<T> | undefined, node: Node<T>, compare: Compare<T>): Node<T> {
  if (!tree) return node
  if (node.priority > tree.priority) {
    ;[node.left, node.right] = split(tree, node.value, compare)
    return resized(node)
  }
  if (compare(node.value, tree.value) < 0) tree.left = insert(tree.left, node, compare)
  else tree.right = insert(tree.right, node, compare)
  return resized(tree)
}

function remove<T>(tree: Node<T> | undefined, value: T, compare: Compare<T>): Node<T> | undefined {
  if (!tree) throw new RangeError('the value is not in the set')
  const order = compare(value, tree.value)
  if (order === 0) return merge(tree.left, tree.right)
  if (order < 0) tree.left = remove(tree.left, value, compare)
  else tree.right = remove(tree.right, value, compare)
  return resized(tree)
}

/** What comes before the value, and what comes after it. */
function split<T>(
  tree: Node<T> | undefined,
  value: T,
  compare: Compare<T>
): [Node<T> | undefined, Node<T> | undefined] {
  if (!tree) return [undefined, undefined]
  if (compare(tree.value, value) < 0) {
    const [before, after] = split(tree.right, value, compare)
    tree.right = before
    return [resized(tree), after]
  }
  const [before, after] = split(tree.left, value, compare)
  tree.left = after
  return [before, resized(tree)]
}

/** Joins two trees, all of the first before all of the second. */
function merge<T>(first: Node<T> | undefined, second: Node<T> | undefined): Node<T> | undefined {
  if (!first || !second) return first ?? second
  if (first.priority > second.priority) {
    first.right = merge(first.right, second)
    return resized(first)
  }
  second.left = merge(first, second.left)
  return resized(second)
}

function resized<T>(node: Node<T>): Node<T> {
  node.size = sizeOf(node.left) + 1 + sizeOf(node.right)
  return node
}
