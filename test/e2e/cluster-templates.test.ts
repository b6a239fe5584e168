import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import type { Target } from '../../src/api/kinds/access-request-status.ts'
import {
  accessNamespace,
  applied,
  deniedExec,
  ended,
  exec,
  refusedApply,
  requestFile,
  storedRequest,
  type File,
  readyRequest,
} from '../fixtures/access.ts'
import { runCronJob } from '../fixtures/cron-job.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { podsOf, templateFile, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { idleContainer, runningPod } from '../fixtures/workload.ts'

const [namespace, second, outside, later] = ['cat-a', 'cat-b', 'cat-outside', 'cat-later'] as const
const testOnNode = testWithNode()
const hasNode = testOnNode === test
const labels = { 'cat-team': 'shop' }

const gate = gatedNamespace(namespace, async () => {
  await accessNamespace(second)
  await accessNamespace(outside)
  await admin(['label', 'namespace', namespace, second, 'cat-team=shop'])
  if (!hasNode) return
  for (const one of [namespace, second, outside]) await apply(workloadFile(one, 'Deployment', 'web', { replicas: 1 }))
  for (const one of [namespace, second]) await rolledOut('deployment/web', one)
})
beforeAll(async () => {
  await offer('cat-labels', { matchLabels: labels })
  await offer('cat-names', { matchNames: [namespace, outside] })
  await offer('cat-both', { matchNames: [namespace, outside], matchLabels: labels })
})
inTheEnd(
  () => admin(['delete', 'namespace', second, outside, later, '--wait=false', '--ignore-not-found']),
  () => admin(['delete', 'catmpl', '--all', '--wait=false']),
)

const rolledOut = (what: string, where: string): Promise<string> =>
  admin(['rollout', 'status', what, '-n', where, '--timeout=60s'])

/** Applies a template for many namespaces, for Deployment web unless another target is named. */
function offer(name: string, namespaces: object, target: object = { kind: 'Deployment', name: 'web' }): Promise<void> {
  const { spec } = templateFile('', name, { namespaces, access: { exec: { target } } })
  return apply({ apiVersion, kind: 'ClusterAccessTemplate', metadata: { name }, spec })
}

function under(template: string, where: string, name: string, ask: object = {}): File {
  const templateRef = { kind: 'ClusterAccessTemplate', name: template }
  return requestFile(where, name, { templateRef, duration: undefined, exec: ask })
}

async function targetOf(where: string, name: string): Promise<Target> {
  await readyRequest(where, name, 30)
  const { status } = await storedRequest(where, name)
  if (!status?.target) throw new Error('the request has no target')
  return status.target
}

const told = (template: string, condition: string): Promise<string> =>
  admin(['wait', `--for=condition=${condition}`, `catmpl/${template}`, '--timeout=20s'])

describe('a template for many namespaces', () => {
  testOnNode.each([
    ['cat-labels', namespace],
    ['cat-labels', second],
    ['cat-names', namespace],
    ['cat-both', namespace],
  ])('%s gives access in %s', async (template, where) => {
    await applied('alice', under(template, where, template))

    const { pod, workload } = await targetOf(where, template)

    expect(await podsOf(where, 'web')).toContain(pod)
    expect(workload).toMatchObject({ kind: 'Deployment', name: 'web' })
    expect((await exec('alice', where, { pod })).stdout).toContain('uid=0')
    await kubectlOk('alice', ['delete', 'areq', template, '-n', where])
  })

  test.each([
    ['cat-labels', outside],
    ['cat-names', second],
    ['cat-both', outside],
    ['cat-both', second],
  ])('%s may not be asked for in %s', async (template, where) => {
    expect(await refusedApply('alice', under(template, where, 'outside'))).toContain(
      `ClusterAccessTemplate ${template} is not for namespace ${where} (E_TEMPLATE_NOT_YOURS)`,
    )
  })

  testOnNode('that is not for a namespace any more gives nothing there', async () => {
    await admin(['label', 'namespace', outside, 'cat-team=shop'])
    await rolledOut('deployment/web', outside)
    await applied('alice', under('cat-labels', outside, 'lent'))
    await targetOf(outside, 'lent')
    await admin(['label', 'namespace', outside, 'cat-team-'])

    expect(await refusedApply('alice', under('cat-labels', outside, 'again'))).toContain('E_TEMPLATE_NOT_YOURS')
  })
})

test('its conditions follow as namespaces and workloads come and go', async () => {
  await offer('cat-later', { matchNames: [later] })
  await told('cat-later', 'TargetExists=False')
  await admin(['create', 'namespace', later])
  await apply(workloadFile(later, 'Deployment', 'web', { replicas: 0 }))
  await told('cat-later', 'TargetExists')
  await told('cat-later', 'Ready')
  await admin(['delete', 'deployment', 'web', '-n', later])
  await told('cat-later', 'Ready=False')
  await apply(workloadFile(later, 'Deployment', 'web', { replicas: 0 }))
  await told('cat-later', 'Ready')
  await admin(['delete', 'namespace', later])
  await told('cat-later', 'TargetExists=False')
})

describe('every kind of target', () => {
  const job = (name: string): object => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      template: {
        metadata: { labels: { app: name } },
        spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [idleContainer('app')] },
      },
    },
  })
  const made: Readonly<Record<string, (name: string) => Promise<void>>> = {
    StatefulSet: (name) => apply(workloadFile(namespace, 'StatefulSet', name, { serviceName: name })),
    DaemonSet: (name) => apply(workloadFile(namespace, 'DaemonSet', name)),
    ReplicaSet: (name) => apply(workloadFile(namespace, 'ReplicaSet', name, { replicas: 1 })),
    Job: (name) => apply(job(name)),
    CronJob: (name) => runCronJob(namespace, name),
    Pod: (name) => runningPod(namespace, name),
  }

  testOnNode.each(Object.entries(made))('%s: the request names the pod, or gets one', async (kind, make) => {
    const name = kind.toLowerCase()
    await make(name)
    await offer(`cat-${name}`, {}, { kind, name })
    await applied('alice', under(`cat-${name}`, namespace, name))
    const chosen = await targetOf(namespace, name)
    await applied('alice', under(`cat-${name}`, namespace, `${name}-named`, { pod: chosen.pod }))
    const named = await targetOf(namespace, `${name}-named`)

    expect(await podsOf(namespace, name)).toEqual([chosen.pod])
    expect(chosen).toMatchObject({ workload: { kind, name } })
    expect(named).toEqual(chosen)
    expect((await exec('alice', namespace, { pod: chosen.pod })).code).toBe(0)
  })
})

describe('the pod of a request', () => {
  const never = { exec: { command: ['false'] }, periodSeconds: 1 }

  testOnNode('is a ready one', async () => {
    await apply(
      workloadFile(namespace, 'Deployment', 'unready', {
        template: {
          metadata: { labels: { app: 'unready' } },
          spec: { terminationGracePeriodSeconds: 0, containers: [{ ...idleContainer('app'), readinessProbe: never }] },
        },
      }),
    )
    await offer('cat-unready', {}, { kind: 'Deployment', name: 'unready' })
    await applied('alice', under('cat-unready', namespace, 'unready', { waitForPod: true }))
    const message = `Deployment unready has no ready pod in ${namespace} yet, or the pod that the request names is not there`
    await admin([
      'wait',
      `--for=jsonpath={.status.message}=${message}`,
      'areq/unready',
      '-n',
      namespace,
      '--timeout=20s',
    ])
    await apply(workloadFile(namespace, 'Deployment', 'unready', { replicas: 1 }))

    const { pod } = await targetOf(namespace, 'unready')
    expect(await podsOf(namespace, 'unready')).toContain(pod)
  })

  testOnNode('stays, whatever is scaled or started anew; when it is replaced the access ends and says so', async () => {
    await applied('alice', under('cat-labels', second, 'stays'))
    const before = await targetOf(second, 'stays')
    await admin(['scale', 'deployment', 'web', '-n', second, '--replicas=3'])
    await rolledOut('deployment/web', second)
    await stopController(gate())
    await startController(gate())
    await applied('alice', under('cat-labels', second, 'after'))
    await targetOf(second, 'after')
    expect((await storedRequest(second, 'stays')).status?.target).toEqual(before)
    expect((await exec('alice', second, { pod: before.pod })).code).toBe(0)

    await admin(['rollout', 'restart', 'deployment/web', '-n', second])

    expect(await ended(second, 'stays', 'Failed')).toBe(`pod ${before.pod} is gone`)
    await rolledOut('deployment/web', second)
    const [fresh = ''] = (await podsOf(second, 'web')).filter((pod) => pod !== before.pod)
    expect(await deniedExec('alice', second, { pod: fresh })).toContain('Forbidden')
  })
})
