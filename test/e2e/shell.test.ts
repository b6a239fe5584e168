import { expect } from '@jest/globals'
import type { KubeObject } from '../../src/cluster/resource.ts'
import { applied, deniedExec, ended, exec, requestFile, storedRequest, type File } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { templateFile, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'shell'
const testOnNode = testWithNode()

gatedNamespace(namespace, async () => {
  await apply(workloadFile(namespace, 'Deployment', 'web'))
  await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
})

const offer = (name: string, shell: object = {}): Promise<string> =>
  applied(
    'admin',
    templateFile(namespace, name, {
      access: {
        shell: { from: { kind: 'Deployment', name: 'web' }, mutate: { command: ['sleep', '3600'] }, ...shell },
      },
    }),
  )

const under = (template: string, name: string, spec: object = {}): File =>
  requestFile(namespace, name, {
    templateRef: { kind: 'AccessTemplate', name: template },
    exec: undefined,
    shell: {},
    ...spec,
  })

const ready = (name: string): Promise<string> =>
  kubectlOk('alice', ['wait', '--for=condition=Ready', `areq/${name}`, '-n', namespace, '--timeout=30s'])

async function shellPodOf(name: string): Promise<string> {
  await ready(name)
  return (await storedRequest(namespace, name)).status?.target?.pod ?? ''
}

const storedPod = async (name: string): Promise<KubeObject> =>
  JSON.parse(await admin(['get', 'pod', name, '-n', namespace, '-o', 'json'])) as KubeObject

testOnNode('a pod of one’s own, for who asked alone, and gone with the access', async () => {
  await offer('web')
  await applied('alice', under('web', 'mine'))
  const pod = await shellPodOf('mine')

  expect((await storedPod(pod)).metadata.labels).not.toHaveProperty('app')
  expect((await exec('alice', namespace, { pod })).stdout).toContain('uid=0')
  expect(await deniedExec('admin', namespace, { pod })).toContain('admin has no access to pod')
  expect(await kubectlOk('alice', ['logs', pod, '-n', namespace])).toBe('')
  await kubectlOk('alice', ['delete', 'areq', 'mine', '-n', namespace])
  await admin(['wait', '--for=delete', `pod/${pod}`, '-n', namespace, '--timeout=20s'])
})

testOnNode('it ends on time', async () => {
  await offer('short')
  await applied('alice', under('short', 'short', { duration: '4s' }))
  const pod = await shellPodOf('short')

  expect(await ended(namespace, 'short', 'Expired')).toBe('its time is over')
  await admin(['wait', '--for=delete', `pod/${pod}`, '-n', namespace, '--timeout=20s'])
})
