import { describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { passName } from '../../src/decision/pod/pass-name.ts'
import { deniedExec, ended, exec, madeFor, storedRequest } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { shellScene } from '../fixtures/shell-scene.ts'
import { storedTemplate, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'shell'
const testOnNode = testWithNode()
const { offer, ask, ready, shell, pod, gone } = shellScene(namespace)

const gate = gatedNamespace(namespace, async () => {
  if (testOnNode !== test) return
  await apply(...['web', 'api'].map((name) => workloadFile(namespace, 'Deployment', name)))
  await Promise.all(
    ['web', 'api'].map((name) => admin(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=60s'])),
  )
})

describe('a pod of one’s own', () => {
  testOnNode('lets in who asked, alone, also beside others of the group; he sees its logs', async () => {
    await offer('web', { mutate: { command: ['sh', '-c', 'echo hello; sleep 3600'] } })
    const [mine, hers] = await Promise.all([shell('web-mine'), shell('web-hers', {}, 'mallory')])

    expect((await exec('alice', namespace, { pod: mine.metadata.name })).stdout).toContain('uid=0')
    expect((await exec('mallory', namespace, { pod: hers.metadata.name })).stdout).toContain('uid=0')
    expect(await kubectlOk('alice', ['logs', mine.metadata.name, '-n', namespace])).toBe('hello\n')
    // RBAC already keeps mallory and alice out. The administrator has standing RBAC, so the gate does it.
    expect(await deniedExec('mallory', namespace, { pod: mine.metadata.name })).toContain('Forbidden')
    expect(await deniedExec('alice', namespace, { pod: hers.metadata.name })).toContain('Forbidden')
    expect(await deniedExec('admin', namespace, { pod: mine.metadata.name })).toContain(
      `${administrator().username} has no access to pod`,
    )
  })

  testOnNode('goes with its request, and with it all that was made', async () => {
    await offer('gone')
    const made = await shell('gone-mine')
    const { metadata } = await storedRequest(namespace, 'gone-mine')
    expect(await madeFor(namespace, metadata.uid)).toHaveLength(2)

    await kubectlOk('alice', ['delete', 'areq', 'gone-mine', '-n', namespace])

    const client = clientOf('admin')
    const pass = { namespace, name: passName('alice', made.metadata.name) }
    await until('RBAC and pass are gone', async () => {
      const left = await Promise.all([madeFor(namespace, metadata.uid), client.get(accessPassKind, pass)])
      return left[0].length === 0 && left[1] === undefined
    })
    await client.close()
    await gone(made)
  })
})

testOnNode('it ends on time, also where it has not started, or when its program does', async () => {
  const elsewhere = { nodeSelector: { 'example.com/there': 'no' } }
  await offer('short')
  await offer('nowhere', { mutate: elsewhere })
  await offer('brief', { mutate: { command: ['sleep', '1'] } })
  await Promise.all([
    (async () => {
      const made = await shell('short-mine', { duration: '6s' })
      expect(await ended(namespace, 'short-mine', 'Expired')).toBe('its time is over')
      await gone(made)
    })(),
    (async () => {
      await ask('nowhere-mine', { duration: '5s' })
      const told = await until('it says that it waits', async () => {
        const { status } = await storedRequest(namespace, 'nowhere-mine')
        return status?.message?.includes('waits for a node') ? status : undefined
      })
      expect(told.message).toContain("didn't match Pod's node affinity/selector")
      const made = await pod(told.target?.pod ?? '')
      expect(await ended(namespace, 'nowhere-mine', 'Expired')).toBe('its time is over')
      await gone(made)
    })(),
    (async () => {
      await ask('brief-mine')
      expect(await ended(namespace, 'brief-mine', 'Completed')).toBe('its program ended with exit code 0 (Completed)')
    })(),
  ])
})

describe('its image', () => {
  testOnNode('is what the workload’s template has, where the node knows no digest of a registry for it', async () => {
    await offer('image')
    const made = await shell('image-mine')

    const { status } = await storedRequest(namespace, 'image-mine')
    expect(status?.target?.image).toBe(made.spec.containers[0]?.image)
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'ImagePinned',
        status: 'False',
        // In kind's nodes, containerd invents a name for an image that was loaded.
        message: expect.stringMatching(/^the node (has no digest of a registry for it|knows it under another name)/),
      }),
    )
  })
})

describe('as the world changes', () => {
  testOnNode('the target stays through a change of the workload and a restart of the controller', async () => {
    await offer('stays', { from: { kind: 'Deployment', name: 'api' } })
    const made = await shell('stays-mine')
    const before = await storedRequest(namespace, 'stays-mine')

    await admin(['set', 'env', 'deployment/api', '-n', namespace, 'CHANGED=yes'])
    await admin(['rollout', 'status', 'deployment/api', '-n', namespace, '--timeout=60s'])
    await stopController(gate())
    await startController(gate())
    await shell('stays-another')

    const { status } = await storedRequest(namespace, 'stays-mine')
    expect(status).toEqual(before.status)
    expect((await pod(made.metadata.name)).metadata.uid).toBe(made.metadata.uid)
    expect((await exec('alice', namespace, { pod: made.metadata.name })).stdout).toContain('uid=0')
  })

  testOnNode(
    'a workload that is changed before the pod is made fails the request: it is not what was asked',
    async () => {
      await apply(workloadFile(namespace, 'Deployment', 'moving'))
      await offer('moving', { from: { kind: 'Deployment', name: 'moving' } })
      await ask('moving-mine', { startAt: new Date(Date.now() + 6_000).toISOString() })
      await ask('moving-other', { startAt: new Date(Date.now() + 6_000).toISOString() })
      await until('both are scheduled', async () => {
        const both = await Promise.all(['moving-mine', 'moving-other'].map((name) => storedRequest(namespace, name)))
        return both.every(({ status }) => status?.phase === 'Scheduled')
      })

      await admin(['set', 'env', 'deployment/moving', '-n', namespace, 'CHANGED=yes'])

      for (const name of ['moving-mine', 'moving-other']) {
        expect(await ended(namespace, name, 'Failed')).toBe('Deployment moving has changed since you asked: ask again')
      }
    },
  )

  testOnNode('a restart of the workload by kubectl changes nothing of what was asked', async () => {
    await apply(workloadFile(namespace, 'Deployment', 'restarted'))
    await offer('restarted', { from: { kind: 'Deployment', name: 'restarted' } })
    await ask('restarted-mine', { startAt: new Date(Date.now() + 3_000).toISOString() })
    await admin(['rollout', 'restart', 'deployment/restarted', '-n', namespace])

    await ready('restarted-mine')
  })

  testOnNode('the end of the workload ends the access', async () => {
    await apply(workloadFile(namespace, 'Deployment', 'leaving'))
    await offer('leaving', { from: { kind: 'Deployment', name: 'leaving' } })
    const made = await shell('leaving-mine')

    await admin(['delete', 'deployment', 'leaving', '-n', namespace, '--wait=false'])

    expect(await ended(namespace, 'leaving-mine', 'Revoked')).toBe('Deployment leaving is gone')
    await gone(made)
    await until('the template says so', async () => {
      const { status } = await storedTemplate(namespace, 'leaving')
      return status?.conditions?.some(({ type, status: held }) => type === 'TargetExists' && held === 'False')
    })
  })
})
