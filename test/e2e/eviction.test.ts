import { expect } from '@jest/globals'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { applied, ended, requestFile, revoke, storedRequest, readyRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { startKubectl } from '../fixtures/kubectl-session.ts'
import type { Session } from '../fixtures/session.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'
import { installation } from '../../src/api/installation.ts'

const namespace = 'eviction'
const testOnNode = testWithNode()

const gate = gatedNamespace(namespace, () => Promise.resolve())

/** Gives alice access to a pod of its own under a template, and a session in it that goes on. */
async function inside(name: string, evict: boolean, duration = '30m'): Promise<Session> {
  await runningPod(namespace, name)
  const exec = { target: { kind: 'Pod', name }, ...(evict && { onExpiry: { evict } }) }
  await applied('admin', templateFile(namespace, name, { access: { exec } }))
  const templateRef = { kind: 'AccessTemplate', name }
  await applied('alice', requestFile(namespace, name, { templateRef, duration, exec: { stdin: true } }))
  await readyRequest(namespace, name)
  const session = startKubectl('alice', ['exec', '-i', name, '-n', namespace, '--', 'cat'], 'inside\n')
  expect(await session.says(/inside/)).toBeDefined()
  return session
}

const condition = (name: string, status: string): Promise<string> =>
  admin(['wait', `--for=condition=Evicted=${status}`, `areq/${name}`, '-n', namespace, '--timeout=30s'])

const gone = (name: string): Promise<string> =>
  admin(['wait', '--for=delete', `pod/${name}`, '-n', namespace, '--timeout=30s'])

async function planned(): Promise<string> {
  const records = ['get', accessRecordKind.plural, '-n', installation.namespace, '-o', 'name']
  return (await admin(records))
    .split('\n')
    .filter((name) => name.includes('/evict-'))
    .join()
}

testOnNode('without it a session goes on when its access ends', async () => {
  await using session = await inside('stays', false)
  await revoke('alice', namespace, 'stays')
  await ended(namespace, 'stays', 'Revoked')

  session.send('still here\n')

  expect(await session.says(/still here/)).toBeDefined()
})

testOnNode('with it the pod is evicted when the access expires, and the session is over', async () => {
  await using session = await inside('expires', true, '4s')

  await condition('expires', 'True')
  await gone('expires')
  await until('the session is over', () => session.soFar().code !== null)
  expect((await storedRequest(namespace, 'expires')).status?.phase).toBe('Expired')
  await until('nothing is left to evict', async () => (await planned()) === '')
})

testOnNode('a PodDisruptionBudget holds it up and is told, and it is tried again', async () => {
  await apply({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'held', namespace },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'held' } } },
  })
  await using session = await inside('held', true)
  await revoke('alice', namespace, 'held')
  await condition('held', 'False')

  const { status } = await storedRequest(namespace, 'held')
  expect(status?.conditions?.find(({ type }) => type === 'Evicted')).toMatchObject({
    reason: 'Refused',
    message: expect.stringContaining(
      "is not evicted yet, and it is tried again: Cannot evict pod as it would violate the pod's disruption budget.",
    ),
  })
  expect(session.soFar().code).toBeNull()
  await admin(['delete', 'pdb', 'held', '-n', namespace])
  await condition('held', 'True')
  await gone('held')
})

testOnNode('who deletes the request keeps no session, also while the controller is down', async () => {
  await using session = await inside('deleted', true)
  await stopController(gate())
  await kubectlOk('alice', ['delete', 'areq', 'deleted', '-n', namespace])
  await startController(gate())

  await gone('deleted')
  await until('the session is over', () => session.soFar().code !== null)
})
