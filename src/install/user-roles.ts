import { apiGroup } from '../api/kinds/kind.ts'
import type { Manifest } from '../api/manifest.ts'
import { installation, ownLabels } from '../api/installation.ts'

const readVerbs = ['get', 'list', 'watch']

const read = {
  apiGroups: [apiGroup],
  resources: ['accessrequests', 'accessgrants', 'accesstemplates', 'clusteraccesstemplates'],
  verbs: readVerbs,
}

// Passes and records are in none: they are for Sallyport, and say who accesses what.
const roles: readonly UserRole[] = [
  { name: 'view', joins: 'view', rules: [read] },
  {
    name: 'requestor',
    // Asking is harmless: whoever may edit a namespace may ask in it. Update and patch are for spec.revoked alone.
    joins: 'edit',
    rules: [
      read,
      { apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['create', 'update', 'patch', 'delete'] },
    ],
  },
  {
    name: 'approver',
    // Joins none: an administrator says who grants. Deleting a grant withdraws it; update and patch are there so that its
    // file can be applied again, which changes nothing.
    rules: [
      read,
      { apiGroups: [apiGroup], resources: ['accessgrants'], verbs: ['create', 'update', 'patch', 'delete'] },
      { apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['update', 'patch'] },
    ],
  },
  {
    name: 'template-author',
    // Joins none: a template that asks for no approval is one.
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

/** ClusterRoles for people: two join Kubernetes' own view and edit, the others are for an administrator to bind. */
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
