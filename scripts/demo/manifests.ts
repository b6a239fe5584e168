/** The scene of the demo: a namespace, a pod in it, and alice's standing right to exec. */
export function story(image: string): object {
  const namespace = 'shop'
  const rbac = 'rbac.authorization.k8s.io'
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
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'exec', namespace },
        roleRef: { apiGroup: rbac, kind: 'Role', name: 'exec' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: 'alice' }],
      },
    ],
  }
}
