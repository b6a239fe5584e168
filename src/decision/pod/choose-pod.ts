import { heldCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'

/**
 * The pod for a request that does not name one. It is the oldest pod that is ready and stays, so that the choice is
 * stable.
 */
export function choosePod<P extends Pod>(pods: readonly P[]): P | undefined {
  return pods.filter(isReady).toSorted((a, b) => order(a).localeCompare(order(b)))[0]
}

function isReady({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && heldCondition(status, 'Ready') !== undefined
}

function order({ metadata }: Pod): string {
  return `${metadata.creationTimestamp} ${metadata.name}`
}
