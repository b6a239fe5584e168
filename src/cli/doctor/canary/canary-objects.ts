import { ownLabels } from '../../../api/installation.ts'
import { waysIn } from '../../../api/review/way-in.ts'
import type { KubeObject } from '../../../cluster/client/resource.ts'

/** The names of what the canary makes. */
export interface CanaryNames {
  /** The name of each object. */
  readonly name: string
  readonly namespace: string
  /** True if the namespace is made for the canary, too. */
  readonly makesNamespace: boolean
}

const rbac = 'rbac.authorization.k8s.io'

/** Returns the login of the canary. It is a service account that nobody makes: RBAC gives rights to its name. */
export function canaryUser({ namespace, name }: CanaryNames): string {
  return `system:serviceaccount:${namespace}:${name}`
}

/**
 * Returns the objects of the canary, in the order in which they are made. Its rights count only for its own names, so
 * that they open nothing else.
 */
export function canaryObjects(names: CanaryNames): readonly KubeObject[] {
  const { name, namespace, makesNamespace } = names
  const metadata = { name, labels: { ...ownLabels, 'access.sallyport.dev/canary': 'true' } }
  const inside = { ...metadata, namespace }
  const isOfNode = (way: string): boolean => way.startsWith('nodes/')
  const ruleFor = (resources: readonly string[]) => ({
    ...{ apiGroups: [''], resources, resourceNames: [name] },
    verbs: ['get', 'create', 'update', 'patch'],
  })
  const roleRef = (kind: string) => ({ apiGroup: rbac, kind, name })
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  const objects: readonly (KubeObject & Readonly<Record<string, unknown>>)[] = [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: inside,
      rules: [ruleFor(waysIn.filter((way) => !isOfNode(way)))],
    },
    { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata: inside, roleRef: roleRef('Role'), subjects },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules: [ruleFor(waysIn.filter(isOfNode))] },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata, roleRef: roleRef('ClusterRole'), subjects },
    { apiVersion: 'v1', kind: 'Pod', metadata: inside, spec: podSpec },
  ]
  return makesNamespace ? [{ apiVersion: 'v1', kind: 'Namespace', metadata }, ...objects] : objects
}

/** A pod that is never scheduled, and so never runs. PodSecurity restricted lets it in. */
const podSpec = {
  schedulingGates: [{ name: 'access.sallyport.dev/canary' }],
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 0,
  securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'canary',
      image: 'sallyport.invalid/canary:1',
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    },
  ],
}
