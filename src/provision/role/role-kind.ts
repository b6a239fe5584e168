import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { bindingsFor } from '../../decision/kinds/role/role-bindings.ts'
import type { AccessKind, Sample } from '../access-kind.ts'
import { planRole, roleProof } from './plan-role.ts'
import { resolveRoles, rolesText } from './role-objects.ts'
import type { RequestFacts } from '../facts/request-facts.ts'
import { rolesBriefly } from '../../decision/kinds/role/role-bindings.ts'

/** Roles that are bound to the requestor. They are about no pod, and nothing exists before the bindings. */
export const roleKind: AccessKind = {
  written: 'all-or-none',
  resolve: resolveRoles,
  looksFor: () => undefined,
  madeAfter: () => undefined,
  rehearsed: () => undefined,
  waitsFor: ({ request: { status } }) => `, for ${rolesText({ bindings: status?.bindings ?? [] })}`,
  summary: roleSummary,
  beforehand: () => [],
  ended: () => undefined,
  leaves: () => undefined,
  plan: planRole,
  provenBy: roleProof,
  sample,
}

function sample({ spec: { access } }: AnyTemplate, namespace: string): Sample {
  const bindings = access.role ? [...bindingsFor(access.role, namespace)] : []
  return { asked: { role: {} }, status: { bindings } }
}

function roleSummary({ request, template }: RequestFacts): string {
  const { status, metadata } = request
  const offered = template?.spec.access.role
  const bindings = status?.bindings ?? (offered ? bindingsFor(offered, metadata.namespace) : [])
  return `role ${rolesBriefly(bindings)}`
}
