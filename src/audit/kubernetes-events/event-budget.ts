import type { Instant } from '../../api/duration.ts'

interface Bucket {
  left: number
  at: Instant
}

/**
 * How many Kubernetes Events each namespace may still have: whoever is denied in many ways must not fill etcd, and nobody's noise hides what
 * happens elsewhere.
 */
export interface EventBudget {
  /** Whether there is room for one more, which it then takes. */
  take(namespace: string): boolean
  isSpent(namespace: string): boolean
}

/** @param now of the steady clock */
export function createEventBudget(now: () => Instant, { burst = 200, perSecond = 20 } = {}): EventBudget {
  const buckets = new Map<string, Bucket>()

  function leftFor(namespace: string): number {
    const { left, at } = buckets.get(namespace) ?? { left: burst, at: now() }
    return Math.min(burst, left + ((now() - at) / 1_000) * perSecond)
  }

  return {
    take(namespace) {
      const left = leftFor(namespace)
      // Last used, last: who is quiet longest is full by now, and need not be remembered.
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
