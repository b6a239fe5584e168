import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import { apiGroupOf } from '../api-group.ts'

/** Finds the kind that a template's target means. */
export function findWorkloadKind<K extends { readonly apiVersion: string; readonly kind: string }>(
  { kind, group }: WorkloadRef,
  kinds: readonly K[],
): K | undefined {
  return kinds.find((known) => known.kind === kind && (group === undefined || group === apiGroupOf(known)))
}
