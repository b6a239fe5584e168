import { say } from '../../../decision/text/sentence.ts'
import { fieldAt, itemsOf } from '../template/fields.ts'
import { fieldsOf, type Fields } from '../../../api/fields.ts'
import { safeSecurityFields, safeSeLinuxTypes, safeSysctls } from './safe-fields.ts'

/** Returns the dangers in a securityContext, of the pod or of a container. */
export function securityDangers(path: string, context: unknown): readonly string[] {
  const security = fieldsOf(context)
  return [
    ...Object.keys(security)
      .filter((field) => !safeSecurityFields.has(field))
      .map((field) => say`${path}.${field} is not known to be harmless`),
    ...rules.flatMap((rule) => (rule.isDanger(security) ? [`${path}.${rule.field} ${rule.gives}`] : [])),
    ...addedCapabilities(path, security),
    ...sysctls(path, security),
  ]
}

interface DangerRule {
  readonly field: string
  readonly gives: string
  isDanger(security: Fields): boolean
}

const rules: readonly DangerRule[] = [
  {
    field: 'privileged',
    gives: 'is set: the container would have power over the node',
    isDanger: ({ privileged }) => ![undefined, null, false].includes(privileged as boolean),
  },
  {
    field: 'procMount',
    gives: "is not Default: the container would see more of the node's /proc",
    isDanger: ({ procMount }) => ![undefined, null, 'Default'].includes(procMount as string),
  },
  {
    field: 'seccompProfile',
    gives: 'is Unconfined: the container could make every system call',
    isDanger: (security) => fieldAt(security, 'seccompProfile', 'type') === 'Unconfined',
  },
  {
    field: 'appArmorProfile',
    gives: 'is Unconfined: AppArmor would not confine the container',
    isDanger: (security) => fieldAt(security, 'appArmorProfile', 'type') === 'Unconfined',
  },
  {
    field: 'seLinuxOptions',
    gives: 'names a user, a role or a type that is not for containers: SELinux would confine the container less',
    isDanger({ seLinuxOptions }) {
      const { user, role, type } = fieldsOf(seLinuxOptions)
      return Boolean(user) || Boolean(role) || !safeSeLinuxTypes.has(type)
    },
  },
  {
    field: 'windowsOptions.hostProcess',
    gives: 'is set: the container would run as a process of the node',
    isDanger: (security) =>
      ![undefined, null, false].includes(fieldAt(security, 'windowsOptions', 'hostProcess') as boolean),
  },
]

// "restricted" allows this one. An image that drops ALL and listens below 1024 needs it.
const harmlessCapability = 'NET_BIND_SERVICE'

function addedCapabilities(path: string, security: Fields): readonly string[] {
  const added = fieldAt(security, 'capabilities', 'add')
  const names = Array.isArray(added) ? added.map(String).filter((name) => name !== harmlessCapability) : []
  return names.length === 0 ? [] : [say`${path}.capabilities.add adds ${names.join(', ')}`]
}

function sysctls(path: string, security: Fields): readonly string[] {
  const unsafe = itemsOf(security['sysctls']).filter(({ name }) => !safeSysctls.has(String(name)))
  return unsafe.map(({ name }) => say`${path}.sysctls sets ${String(name)}, which reaches beyond the pod`)
}
