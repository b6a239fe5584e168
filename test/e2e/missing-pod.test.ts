import { expect, test } from '@jest/globals'
import { admin, apply, kubectlRefused } from '../fixtures/kubectl.ts'
import { applied, asked, refusedApply, requestFile, storedRequest, type File } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { podsOf, templateFile, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'missing-pod'
const testOnNode = testWithNode()

gatedNamespace(namespace, async () => {
  await apply(
    workloadFile(namespace, 'Deployment', 'web', { replicas: 0 }),
    workloadFile(namespace, 'Deployment', 'db', { replicas: 1 }),
  )
})

/** A request under template web. */
const under = (name: string, exec: object): File =>
  requestFile(namespace, name, { templateRef: { kind: 'AccessTemplate', name: 'web' }, duration: undefined, exec })

test('a pod that belongs to another workload is refused when somebody asks, also by a dry run', async () => {
  await applied('admin', templateFile(namespace, 'web'))
  const [pod = ''] = await until('Deployment db has its pod', async () => {
    const pods = await podsOf(namespace, 'db')
    return pods.length > 0 ? pods : undefined
  })
  const file = JSON.stringify(under('other', { pod }))

  for (const flags of [[], ['--dry-run=server']]) {
    const refusal = await kubectlRefused('alice', ['apply', ...flags, '-f', '-'], file)
    expect(refusal).toContain(
      `AccessTemplate web offers Deployment web, to which pod ${pod} does not belong (E_TEMPLATE_BEYOND)`,
    )
    expect(refusal).toContain('Leave the pod out for one that is ready, or ask under another template.')
  }
})

test('a template that targets one pod offers no other, whether there is one or not', async () => {
  const access = { exec: { target: { kind: 'Pod', name: 'web-0' } } }
  await applied('admin', templateFile(namespace, 'one', { access }))
  const templateRef = { kind: 'AccessTemplate', name: 'one' }

  expect(await refusedApply('alice', requestFile(namespace, 'one', { templateRef, exec: { pod: 'web-9' } }))).toContain(
    'AccessTemplate one offers Pod web-0, to which pod web-9 does not belong (E_TEMPLATE_BEYOND)',
  )
})

test('a pod that does not come within 30 seconds fails the request, unless it waits for it', async () => {
  await applied('admin', templateFile(namespace, 'web'))
  await applied('alice', requestFile(namespace, 'mistyped', { exec: { pod: 'web0' } }))
  await applied('alice', under('unready', {}))
  await applied('alice', requestFile(namespace, 'waits', { exec: { pod: 'late', waitForPod: true } }))

  const failed = (name: string): Promise<string | undefined> =>
    until(
      `${name} fails`,
      async () => {
        const { status } = await storedRequest(namespace, name)
        return status?.phase === 'Failed' ? status.message : undefined
      },
      60_000,
    )
  const hint = 'Ask again when it runs, or let the request wait with --wait-for-pod (spec.exec.waitForPod: true)'
  expect(await failed('mistyped')).toBe(
    `pod web0 in ${namespace} does not exist yet; Sallyport looked for 30 seconds. ${hint}`,
  )
  expect(await failed('unready')).toBe(
    `Deployment web has no ready pod in ${namespace} yet, or the pod that the request names is not there; ` +
      `Sallyport looked for 30 seconds. ${hint}`,
  )
  const { metadata, status } = await storedRequest(namespace, 'mistyped')
  const lived = Date.parse(status?.finishedAt ?? '') - Date.parse(metadata.creationTimestamp)
  expect(lived).toBeGreaterThanOrEqual(29_000)
  expect((await storedRequest(namespace, 'waits')).status).toMatchObject({
    phase: 'Pending',
    message: `pod late in ${namespace} does not exist yet`,
  })
})

testOnNode('a request that waits gets its pod, however late that comes', async () => {
  await applied('alice', requestFile(namespace, 'waits', { exec: { pod: 'late', waitForPod: true } }))
  await runningPod(namespace, 'late')

  expect(await asked(namespace, 'waits')).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{12}$/) })
})

testOnNode('a pod that the template’s workload has is taken', async () => {
  await admin(['scale', 'deployment', 'web', '-n', namespace, '--replicas=1'])
  await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
  const [pod = ''] = await podsOf(namespace, 'web')

  await applied('alice', under('its-own', { pod }))

  await asked(namespace, 'its-own')
  expect((await storedRequest(namespace, 'its-own')).status?.target).toMatchObject({ pod, workload: { name: 'web' } })
})
