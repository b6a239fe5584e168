import { fieldsOf } from '../../api/fields.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'

/**
 * Puts pods in the order in which kubectl exec prefers them for TYPE/NAME (ActivePods in k8s.io/kubectl
 * `pkg/util/podutils`). It takes the first.
 */
export function mostActiveFirst(pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods
    .map((pod) => ({ pod, key: keyOf(pod) }))
    .toSorted((a, b) => compare(a.key, b.key))
    .map(({ pod }) => pod)
}

type Key = readonly (number | string)[]

const phases: readonly unknown[] = ['Running', 'Unknown']

function keyOf(pod: KubeObject): Key {
  const { spec, status, metadata } = fieldsOf({ ...pod })
  const { nodeName } = fieldsOf(spec)
  const { phase, conditions, containerStatuses } = fieldsOf(status)
  const ready = listOf(conditions).find(({ type }) => type === 'Ready')
  const isReady = ready?.['status'] === 'True'
  const restarts = listOf(containerStatuses).map(({ restartCount }) => Number(restartCount ?? 0))
  return [
    nodeName ? 0 : 1,
    phases.includes(phase) ? phases.indexOf(phase) : phases.length,
    isReady ? 0 : 1,
    isReady ? timeOf(ready['lastTransitionTime']) : '',
    Math.max(0, ...restarts),
    timeOf(fieldsOf(metadata)['creationTimestamp']),
  ]
}

/** An absent time comes last. */
function timeOf(value: unknown): string {
  return typeof value === 'string' ? value : '~'
}

function listOf(value: unknown): readonly ReturnType<typeof fieldsOf>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

function compare(a: Key, b: Key): number {
  for (const [index, one] of a.entries()) {
    const other = b[index] ?? ''
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
