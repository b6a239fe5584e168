import { apiGroup } from '../api/kinds/kind.ts'
import type { Manifest } from '../api/manifest.ts'
import { installation, ownLabels } from '../api/installation.ts'

const readVerbs = ['get', 'list', 'watch']

const read = {
  apiGroups: [apiGroup],
  resources: ['accessrequests', 'accessgrants', 'accesstemplates', 'clusteraccesstemplates'],
  verbs: readVerbs,
}

// No role includes passes and records: they are for Sallyport, and tell which user accesses which pod.
const roles: readonly UserRole[] = [
  { name: 'view', joins: 'view', rules: [read] },
  {
    name: 'requestor',
    // To ask is harmless: every user who may edit a namespace may ask in it. Update and patch are only for
    // spec.revoked.
    joins: 'edit',
    rules: [
      read,
      { apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['create', 'update', 'patch', 'delete'] },
    ],
  },
  {
    name: 'approver',
    // It joins no role: an administrator says who grants. To delete a grant withdraws it. Update and patch allow a user
    // to apply the file of a grant again, which changes nothing.
    rules: [
      read,
      { apiGroups: [apiGroup], resources: ['accessgrants'], verbs: ['create', 'update', 'patch', 'delete'] },
      { apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['update', 'patch'] },
    ],
  },
  {
    name: 'template-author',
    // It joins no role: a template that needs no approval is itself an approval.
    rules: [
      read,
      {
        apiGroups: [apiGroup],
        resources: ['accesstemplates', 'clusteraccesstemplates'],
        verbs: ['create', 'update', 'patch', 'delete'],
      },
    ],
  },
]

/** Returns the ClusterRoles for people. Two join Kubernetes' own view and edit. An administrator binds the others. */
export function userRoles(): readonly Manifest[] {
  return roles.map(({ name, joins, rules }) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: `${installation.name}-${name}`,
      labels: { ...ownLabels, ...(joins && { [`rbac.authorization.k8s.io/aggregate-to-${joins}`]: 'true' }) },
    },
    rules,
  }))
}

interface UserRole {
  readonly name: string
  /** The ClusterRole of Kubernetes that takes these rules in. */
  readonly joins?: 'view' | 'edit'
  readonly rules: readonly object[]
}
