import type { Fields } from '../../api/fields.ts'
import { apiGroupOf } from '../../decision/api-group.ts'
import type { Context, Source } from './source.ts'
import { kraGrant } from './sources/kra-grant.ts'
import { kraProgram } from './sources/kra-program.ts'
import { kraRequest } from './sources/kra-request.ts'
import { kudoEscalation } from './sources/kudo-escalation.ts'
import { kudoPolicy } from './sources/kudo-policy.ts'
import { leftovers } from './sources/leftovers.ts'
import { ozExecTemplate } from './sources/oz-exec-template.ts'
import { ozPodTemplate } from './sources/oz-pod-template.ts'
import { ozExecRequest, ozPodRequest } from './sources/oz-requests.ts'
import { podConfig } from './sources/pod-config.ts'
import { oldBindings, oldRoles } from './sources/rbac.ts'

/** Every kind that is converted, or told of. docs/migrate.md is made from this list. */
export const sources: readonly Source[] = [
  ozExecTemplate,
  ozPodTemplate,
  ozExecRequest,
  ozPodRequest,
  kraRequest,
  kraGrant,
  kraProgram,
  kudoPolicy,
  kudoEscalation,
  podConfig,
  ...oldRoles,
  ...oldBindings,
  ...leftovers,
]

/** Finds the conversion of an object. Undefined if the object is not about one of the four systems. */
export function sourceOf(object: Fields, context: Context): Source | undefined {
  const group = groupOf(object)
  return sources.find(
    ({ groups, kind, concerns }) =>
      groups.includes(group) && kind === object['kind'] && (concerns?.(object, context) ?? true),
  )
}

/** Returns the API group of an object. The core group is the empty text. */
export function groupOf({ apiVersion }: Fields): string {
  return apiGroupOf({ apiVersion: typeof apiVersion === 'string' ? apiVersion : '' })
}
