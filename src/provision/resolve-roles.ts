import type { Binding } from '../api/kinds/role-access.ts'
import { requestDigest, type BoundRoles } from '../decision/digest.ts'
import { bindingsFor, bindingText } from '../decision/role-bindings.ts'
import type { Resolved } from '../decision/target.ts'
import type { Facts } from './request-plan.ts'

/** The bindings that an approved request would get. */
export function resolveRoles({ request, template }: Facts): BoundRoles | Extract<Resolved, { problem: string }> {
  const role = template?.spec.access.role
  if (!role) return { problem: 'its template offers no roles', final: true }
  return { bindings: bindingsFor(role, request.metadata.namespace) }
}

/**
 * The bindings for a request that was approved: from its template, which is what it was; undefined where they are others than
 * were approved, whatever its status may list.
 */
export function approvedBindings(facts: Pick<Facts, 'request' | 'template'>): readonly Binding[] | undefined {
  const { metadata, spec, status } = facts.request
  const role = facts.template?.spec.access.role
  if (!role) return undefined
  const bindings = bindingsFor(role, metadata.namespace)
  return status?.digest === requestDigest(metadata.uid, spec, { bindings }, status?.template) ? bindings : undefined
}

export function rolesText({ bindings }: BoundRoles): string {
  return bindings.map(bindingText).join(', ')
}
