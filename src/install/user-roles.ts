import { accessRequestKind } from '../api/kinds/access-request.ts'
import { apiGroup } from '../api/kinds/kind.ts'
import type { Manifest } from '../api/manifest.ts'
import { installation, ownLabels } from '../api/installation.ts'

const rbac = 'rbac.authorization.k8s.io'
const readVerbs = ['get', 'list', 'watch']

const read = {
  apiGroups: [apiGroup],
  resources: ['accessrequests', 'accessgrants', 'accesstemplates', 'clusteraccesstemplates'],
  verbs: readVerbs,
}

/**
 * Names the things that everybody sees. A RoleBinding to `view` shows no ClusterAccessTemplates, because they have no namespace. The text
 * of a template is not secret. One CRD tells the version of Sallyport.
 */
const catalogue: UserRole = {
  name: 'catalogue',
  rules: [
    { apiGroups: [apiGroup], resources: ['clusteraccesstemplates'], verbs: readVerbs },
    {
      apiGroups: ['apiextensions.k8s.io'],
      resources: ['customresourcedefinitions'],
      resourceNames: [`${accessRequestKind.plural}.${apiGroup}`],
      verbs: ['get'],
    },
  ],
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
      // An approver sees how a request went on, and the pod that somebody would enter.
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['get', 'list'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
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
  catalogue,
]

/**
 * Returns the ClusterRoles for people. Two join Kubernetes' own view and edit, and all who are logged in have the
 * catalogue. An administrator binds the others.
 */
export function userRoles(): readonly Manifest[] {
  return [...roles.map(clusterRole), everybodys(catalogue)]
}

function clusterRole({ name, joins, rules }: UserRole): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: `${installation.name}-${name}`,
      labels: { ...ownLabels, ...(joins && { [`rbac.authorization.k8s.io/aggregate-to-${joins}`]: 'true' }) },
    },
    rules,
  }
}

/** Binds a role to everybody who is logged in. */
function everybodys({ name }: UserRole): Manifest {
  const role = `${installation.name}-${name}`
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, labels: ownLabels },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: 'Group', name: 'system:authenticated' }],
  }
}

interface UserRole {
  readonly name: string
  /** The ClusterRole of Kubernetes that takes these rules in. */
  readonly joins?: 'view' | 'edit'
  readonly rules: readonly object[]
}
