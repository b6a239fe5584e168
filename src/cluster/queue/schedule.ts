import type { Instant } from '../clock/clock.ts'

/**
 * Keys and the moment at which each is due: a binary heap. Each key is in it once, with the earliest of its moments.
 */
export interface Schedule {
  put(key: string, at: Instant): void
  /** Returns the earliest moment; Infinity without keys. */
  next(): Instant
  /** Takes out the keys that are due by `now`, earliest first. */
  takeDue(now: Instant): string[]
}

interface ScheduledKey {
  readonly at: Instant
  readonly key: string
}

export function createSchedule(): Schedule {
  const dueAt = new Map<string, Instant>()
  // If a key gets an earlier moment, its old entry stays until it comes to the top: dueAt says which entry counts.
  const heap: ScheduledKey[] = []

  function top(): ScheduledKey | undefined {
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (dueAt.get(first.key) === first.at) return first
      dropTop(heap)
    }
    return undefined
  }

  return {
    put(key, at) {
      const before = dueAt.get(key)
      if (before !== undefined && before <= at) return
      dueAt.set(key, at)
      insert(heap, { at, key })
    },
    next: () => top()?.at ?? Infinity,
    takeDue(now) {
      const due: string[] = []
      for (let first = top(); first !== undefined && first.at <= now; first = top()) {
        due.push(first.key)
        dueAt.delete(first.key)
        dropTop(heap)
      }
      return due
    },
  }
}

function insert(heap: ScheduledKey[], entry: ScheduledKey): void {
  let index = heap.length
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (parent === undefined || parent.at <= entry.at) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = entry
}

function dropTop(heap: ScheduledKey[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const right = left + 1
    const child = atOf(heap, right) < atOf(heap, left) ? right : left
    const entry = heap[child]
    if (entry === undefined || entry.at >= last.at) break
    heap[index] = entry
    index = child
  }
  heap[index] = last
}

function atOf(heap: readonly ScheduledKey[], index: number): Instant {
  return heap[index]?.at ?? Infinity
}
