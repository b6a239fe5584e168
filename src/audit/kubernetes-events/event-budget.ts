import type { Instant } from '../../api/duration.ts'

interface Bucket {
  left: number
  at: Instant
}

/**
 * Limits the Kubernetes Events of each namespace. A user who is denied in many ways must not fill etcd, and noise in
 * one namespace must not hide events in others.
 */
export interface EventBudget {
  /** Takes the room for one more Event. Returns false if there is none. */
  take(namespace: string): boolean
  isSpent(namespace: string): boolean
}

/**
 * Makes a full budget.
 * @param now returns the time of the steady clock
 */
export function createEventBudget(now: () => Instant, { burst = 200, perSecond = 20 } = {}): EventBudget {
  const buckets = new Map<string, Bucket>()

  function leftFor(namespace: string): number {
    const { left, at } = buckets.get(namespace) ?? { left: burst, at: now() }
    return Math.min(burst, left + ((now() - at) / 1_000) * perSecond)
  }

  return {
    take(namespace) {
      const left = leftFor(namespace)
      // The namespace used last is last. The one that was quiet longest is full again by now, and may be forgotten.
      buckets.delete(namespace)
      buckets.set(namespace, { left: left >= 1 ? left - 1 : left, at: now() })
      const [oldest] = buckets.keys()
      if (buckets.size > maxNamespaces && oldest !== undefined) buckets.delete(oldest)
      return left >= 1
    },
    isSpent: (namespace) => leftFor(namespace) < 1,
  }
}

const maxNamespaces = 1_000
