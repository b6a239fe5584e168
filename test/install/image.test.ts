import { afterAll, beforeAll, expect } from '@jest/globals'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { loadOwnImage } from '../cluster/own-image.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'image'

beforeAll(async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } })
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sallyport', namespace } })
})
afterAll(() => admin(['delete', 'namespace', namespace, '--wait=false']))

testWithNode()('the image runs as PodSecurity restricted wants it, on a root that it cannot write', async () => {
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'sallyport', namespace },
    spec: {
      restartPolicy: 'Never',
      // The account `default` may come later than the pod.
      serviceAccountName: 'sallyport',
      automountServiceAccountToken: false,
      // The user is the image's own. The kubelet refuses an image that names root, or a user by name.
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'sallyport',
          image: await loadOwnImage(testCluster()),
          imagePullPolicy: 'IfNotPresent',
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  })

  const log = await until('the program has said something', async () => {
    const { stdout } = await kubectl('admin', ['logs', '--namespace', namespace, 'sallyport'])
    return stdout
  })

  expect(JSON.parse(log)).toMatchObject({
    msg: 'not running',
    err: { message: 'Usage: /nodejs/bin/node /app/sallyport.mjs --config FILE [--kubeconfig FILE]' },
  })
})
