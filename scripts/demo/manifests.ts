import { apiVersion } from '../../src/api/kinds/kind.ts'

const namespace = 'shop'
const rbac = 'rbac.authorization.k8s.io'

function bindingOf(name: string, kind: 'Role' | 'ClusterRole', role: string, subject: object): object {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: rbac, kind, name: role },
    subjects: [{ apiGroup: rbac, ...subject }],
  }
}

/** A namespace, a pod in it, and alice's standing right to exec. */
export function scene(image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web-0', namespace },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'app', image, command: ['sleep', '3600'] }] },
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'Role',
        metadata: { name: 'exec', namespace },
        rules: [
          { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
          { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
        ],
      },
      bindingOf('exec', 'Role', 'exec', { kind: 'User', name: 'alice' }),
    ],
  }
}

/** The bindings that decide who may ask and who may grant in the shop. */
export const people = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    bindingOf('requestors', 'ClusterRole', 'sallyport-requestor', { kind: 'Group', name: 'dev' }),
    bindingOf('approvers', 'ClusterRole', 'sallyport-approver', { kind: 'Group', name: 'sre' }),
  ],
}

export function accessRequest(command: readonly string[], seconds: number): object {
  return {
    apiVersion,
    kind: 'AccessRequest',
    metadata: { name: 'look', namespace },
    spec: { reason: 'OPS-42 stuck queue', duration: `${seconds}s`, exec: { pod: 'web-0', command } },
  }
}

export function accessGrant(digest: string): object {
  return {
    apiVersion,
    kind: 'AccessGrant',
    metadata: { name: 'look', namespace },
    spec: { requestRef: { name: 'look' }, verdict: 'Approved', digest },
  }
}

/** A template for a shell beside web-0. Group dev may ask, and a request is approved at once. */
export const shellTemplate = {
  apiVersion,
  kind: 'AccessTemplate',
  metadata: { name: 'web-shell', namespace },
  spec: {
    description: 'A shell beside web-0',
    subjects: [{ kind: 'Group', name: 'dev' }],
    duration: { max: '10m' },
    access: { shell: { from: { kind: 'Pod', name: 'web-0' }, mutate: { command: ['sleep', '3600'] } } },
  },
}

export const shellRequest = {
  apiVersion,
  kind: 'AccessRequest',
  metadata: { name: 'shell', namespace },
  spec: { templateRef: { kind: 'AccessTemplate', name: 'web-shell' }, reason: 'OPS-43 look around', shell: {} },
}
