/** Items that wait, each once, in groups that take turns. A group with many items does not delay the others. */
export interface FairQueue<T> {
  /** Adds an item. An item that waits already keeps its place. */
  add(group: string, item: T): void
  /** Takes the next item. A group with items in hand comes after all groups without. */
  take(): GroupTurn<T> | undefined
  /** Tells that the work on an item of this group has ended. */
  done(group: string): void
}

export interface GroupTurn<T> {
  readonly group: string
  readonly item: T
}

export function createFairQueue<T>(): FairQueue<T> {
  // Both keep order: the group that had its turn last is last, and in a group the oldest item goes first.
  const queues = new Map<string, Set<T>>()
  const inHand = new Map<string, number>()

  function nextGroup(): string | undefined {
    let first: string | undefined
    for (const group of queues.keys()) {
      if (!inHand.has(group)) return group
      first ??= group
    }
    return first
  }

  return {
    add(group, item) {
      queues.set(group, (queues.get(group) ?? new Set()).add(item))
    },
    take() {
      const group = nextGroup()
      if (group === undefined) return undefined
      const queue = queues.get(group)
      const next = queue?.values().next()
      queues.delete(group)
      if (!queue || !next || next.done) return undefined
      const item = next.value
      queue.delete(item)
      if (queue.size > 0) queues.set(group, queue)
      inHand.set(group, (inHand.get(group) ?? 0) + 1)
      return { group, item }
    },
    done(group) {
      const left = (inHand.get(group) ?? 0) - 1
      if (left > 0) inHand.set(group, left)
      else inHand.delete(group)
    },
  }
}
