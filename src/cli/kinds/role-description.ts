import type { Binding, RoleAccess } from '../../api/kinds/access/role-access.ts'
import { bindingsFor, bindingText } from '../../decision/kinds/role/role-bindings.ts'
import type { Line } from '../output/lines.ts'
import type { AccessDescription } from './access-description.ts'

export const roleDescription: AccessDescription<'role'> = {
  shownFields: [],
  request: (_asked, { bindings = [] }) => linesOfRoles(bindings),
  again: (asked) => asked,
  offer: linesOfOffer,
  lacks: () => [],
  withValues: (asked) => asked,
  warning: () => undefined,
}

function linesOfRoles(bindings: readonly Binding[]): readonly Line[] {
  if (bindings.length === 0) return [['roles', 'those of the template']]
  return bindings.map((binding) => ['role', bindingText(binding)])
}

function linesOfOffer(role: RoleAccess, namespace: string): readonly string[] {
  return bindingsFor(role, namespace).map((binding) => `gives ${bindingText(binding)}`)
}
