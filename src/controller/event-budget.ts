import type { Instant } from '../api/duration.ts'

interface Bucket {
  left: number
  at: Instant
}

/**
 * How many Kubernetes Events each namespace may still have: whoever is denied in many ways must not fill etcd, and nobody's noise hides what
 * happens elsewhere. @param now of the steady clock
 */
export function createEventBudget(
  now: () => Instant,
  { burst = 200, perSecond = 20 } = {},
): (namespace: string) => boolean {
  const buckets = new Map<string, Bucket>()
  return (namespace) => {
    const at = now()
    const before = buckets.get(namespace) ?? { left: burst, at }
    const left = Math.min(burst, before.left + ((at - before.at) / 1_000) * perSecond)
    // Last used, last: who is quiet longest is full by now, and need not be remembered.
    buckets.delete(namespace)
    buckets.set(namespace, { left: Math.max(0, left - 1), at })
    const [oldest] = buckets.keys()
    if (buckets.size > maxNamespaces && oldest !== undefined) buckets.delete(oldest)
    return left >= 1
  }
}

const maxNamespaces = 1_000
