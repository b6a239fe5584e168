import { fieldsOf, isFields, type Fields } from '../../../api/fields.ts'
import { waysIn } from '../../../api/review/way-in.ts'
import type { Context } from '../source.ts'
import type { Grant } from './kudo-grants.ts'

/** Returns the ways in that a role gives, if the files have the role. The gate stops these. */
export function gatedRights(roleRef: Grant['roleRef'], context: Context): readonly string[] {
  const role = context.objects.find(
    (object) => object['kind'] === roleRef.kind && fieldsOf(object['metadata'])['name'] === roleRef.name,
  )
  const resources = new Set(listOf(role?.['rules']).filter(isFields).flatMap(resourcesOf))
  return waysIn.filter((way) => way.includes('/') && (resources.has(way) || resources.has('*')))
}

function resourcesOf({ apiGroups, resources }: Fields): readonly unknown[] {
  const groups = listOf(apiGroups)
  return groups.includes('') || groups.includes('*') ? listOf(resources) : []
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
