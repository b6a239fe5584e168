import { describe, expect, test } from '@jest/globals'
import { resources } from '../../src/cluster/client/resources.ts'
import {
  access,
  applied,
  asked,
  deniedExec,
  ended,
  exec,
  grantFile,
  requestFile,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { clientOf, patchStatus } from '../fixtures/api-client.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer, mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'ended-pods'
const on = ['-n', namespace]
const testOnNode = testWithNode()

gatedNamespace(namespace, async () => {
  // alice has a standing role, so a denial comes from the gate and not from missing RBAC.
  await mayExec(namespace, 'alice')
})

const askFor = (pod: string, container?: string): object => ({ exec: { pod, container, command: ['id'] } })

async function endingPod(name: string, script: string, spec: object = {}): Promise<void> {
  const containers = [{ ...idleContainer('app'), command: ['sh', '-c', script] }]
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers, ...spec },
  })
}

const phaseIs = (name: string, phase: string): Promise<string> =>
  admin(['wait', `--for=jsonpath={.status.phase}=${phase}`, `pod/${name}`, ...on, '--timeout=60s'])

describe('nobody is asked to review an access to what has ended', () => {
  testOnNode('a pod whose program ended', async () => {
    await endingPod('done', 'true')
    await phaseIs('done', 'Succeeded')
    await applied('alice', requestFile(namespace, 'done', askFor('done', 'app')))

    expect(await ended(namespace, 'done', 'Failed')).toBe('pod done has ended (Succeeded)')
    expect((await storedRequest(namespace, 'done')).status?.digest).toBeUndefined()
  })

  testOnNode('a pod that its node did not take, so that it never had a container', async () => {
    const nodeName = await admin(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])
    const app = { ...idleContainer('app'), resources: { requests: { cpu: '900' } } }
    await endingPod('big', '', { nodeName, containers: [app] })
    await phaseIs('big', 'Failed')
    await applied('alice', requestFile(namespace, 'big', askFor('big', 'app')))

    expect(await ended(namespace, 'big', 'Failed')).toMatch(/^pod big has ended \(Failed\): OutOfcpu: /)
  })
})

describe('an access ends with what it is to', () => {
  const untilTold = (code: number): string => `until [ -e /tmp/end ]; do sleep 0.1; done; exit ${code}`

  testOnNode.each([
    [0, 'Completed', 'ended with exit code 0 (Completed)'],
    [3, 'Failed', 'ended with exit code 3 (Error)'],
  ])('a container with exit code %i, though another of its pod runs on', async (code, phase, how) => {
    const name = `beside-${code}`
    const app = { ...idleContainer('app'), command: ['sh', '-c', untilTold(code)] }
    await endingPod(name, '', { containers: [app, idleContainer('proxy')] })
    await admin(['wait', '--for=condition=Ready', `pod/${name}`, ...on, '--timeout=60s'])
    const command = ['touch', '/tmp/end']
    await access(namespace, name, { exec: { pod: name, container: 'app', command } })

    await exec('alice', namespace, { pod: name, container: 'app', command })

    const message = await ended(namespace, name, phase)
    expect(message).toBe(`container app of pod ${name} ${how}, and is not started again`)
    expect(await deniedExec('alice', namespace, { pod: name, container: 'app', command })).toMatch(
      /\((E_ENDED|E_NO_PASS)\)/,
    )
  })

  testOnNode('not with one that is started again', async () => {
    await endingPod('again', untilTold(3), { restartPolicy: 'Always' })
    await admin(['wait', '--for=condition=Ready', 'pod/again', ...on, '--timeout=60s'])
    const command = ['touch', '/tmp/end']
    await access(namespace, 'again', { exec: { pod: 'again', container: 'app', command } })

    await exec('alice', namespace, { pod: 'again', container: 'app', command })
    const restarts = '{.status.containerStatuses[0].restartCount}'
    await until(
      'it was started again',
      async () => (await admin(['get', 'pod/again', ...on, '-o', `jsonpath=${restarts}`])) !== '0',
      60_000,
    )
    await until(
      'alice is let in again',
      async () => (await exec('alice', namespace, { pod: 'again', container: 'app', command })).code === 0,
      60_000,
    )

    expect((await storedRequest(namespace, 'again')).status?.phase).toBe('Active')
  })
})

// containerd and CRI-O do that: cri-o/cri-o#9925, kubernetes/kubernetes#115199.
test('an access stays while its node calls the image otherwise, and ends with another container of unknown image', async () => {
  const containerID = 'containerd://1'
  const seenAs = (imageID: string, id: string): Promise<unknown> =>
    patchStatus(
      clientOf('admin'),
      resources.Pod,
      { metadata: { name: 'renamed', namespace } },
      {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'app',
            image: 'paper:1',
            imageID,
            containerID: id,
            ready: true,
            restartCount: 0,
            state: { running: {} },
          },
        ],
      },
    )
  await paperPod(clientOf('admin'), namespace, 'renamed')
  await seenAs(`registry.example/paper@sha256:${'a'.repeat(64)}`, containerID)
  const { status } = await access(namespace, 'renamed', askFor('renamed', 'app'))

  await seenAs(`mirror.example/paper@sha256:${'b'.repeat(64)}`, containerID)
  await admin(['annotate', 'areq/renamed', 'look=again', ...on])
  const passed = await exec('alice', namespace, { pod: 'renamed', container: 'app' })
  const after = await storedRequest(namespace, 'renamed')
  await seenAs('b'.repeat(64), 'containerd://2')

  expect(status?.target?.containerID).toBe(containerID)
  // The exec is let in, and then fails at the node, which does not exist.
  expect(passed.stderr).not.toContain('E_ENDED')
  expect(after.status?.phase).toBe('Active')
  expect(await ended(namespace, 'renamed', 'Failed')).toContain(
    'Sallyport cannot tell whether it is the approved image',
  )
})

testOnNode.each([
  ['first', undefined],
  ['first', 'gone'],
  ['annotated', 'proxy'],
])('without a container asked for it is the %s, as kubectl takes it (annotation: %p)', async (_which, annotated) => {
  const pod = `multi-${annotated ?? 'plain'}`
  await runningPod(namespace, pod, ['app', 'proxy'])
  if (annotated) await admin(['annotate', `pod/${pod}`, `kubectl.kubernetes.io/default-container=${annotated}`, ...on])
  await applied('alice', requestFile(namespace, pod, askFor(pod)))
  const { digest } = await asked(namespace, pod)
  await applied('bob', grantFile(namespace, pod, { digest }))
  await readyRequest(namespace, pod)

  expect((await storedRequest(namespace, pod)).status?.target?.container).toBe(annotated === 'proxy' ? 'proxy' : 'app')
  // Without -c, kubectl chooses the container. kubectl 1.37 chooses none if the annotated one does not exist.
  const named = annotated === 'gone' ? ['-c', 'app'] : []
  expect(await kubectlOk('alice', ['exec', pod, ...on, ...named, '--', 'id'])).toContain('uid=0')
})
