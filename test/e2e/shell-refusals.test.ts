import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import { providedName } from '../../src/api/provided-object.ts'
import {
  accessNamespace,
  applied,
  asked,
  binding,
  ended,
  readyOf,
  refused,
  refusedApply,
  storedRequest,
} from '../fixtures/access.ts'
import { liftRules, noneOf } from '../fixtures/cluster-rules.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { ownPodTemplate, shellScene } from '../fixtures/shell-scene.ts'
import { notReady, workloadFile } from '../fixtures/templates.ts'
import { until } from '../fixtures/until.ts'
import { idleContainer } from '../fixtures/workload.ts'

// No pod runs here: each request is refused before its pod is made, or when it would be made.
const namespace = 'shell-refusals'
const restricted = 'shell-restricted'
const full = 'shell-full'
const { offer, offered, ask, request } = shellScene(namespace)

/** Returns the rights that let a user offer more than a shell beside a workload. */
function escalator(user: string): readonly object[] {
  const apiGroup = 'rbac.authorization.k8s.io'
  const metadata = { name: 'template-escalator', namespace }
  const rules = [{ apiGroups: ['access.sallyport.dev'], resources: ['accesstemplates'], verbs: ['escalate'] }]
  return [
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'User', name: user, apiGroup }],
    },
  ]
}

gatedNamespace(namespace, async () => {
  const author = (user: string): readonly object[] => [
    binding(namespace, 'sallyport-template-author', user),
    ...(user === 'mallory' ? [] : [binding(namespace, 'edit', user)]),
  ]
  const authors = ['mallory', 'carol', 'bob'].flatMap(author)
  await apply(workloadFile(namespace, 'Deployment', 'web'), ...authors, ...escalator('bob'))
})

beforeAll(async () => {
  await Promise.all([restricted, full].map(accessNamespace))
  await admin(['label', 'namespace', restricted, 'pod-security.kubernetes.io/enforce=restricted'])
  await noneOf(full, 'pods')
})
afterAll(async () => {
  await liftRules()
  await admin(['delete', 'namespace', restricted, full, '--wait=false'])
  await admin(['delete', 'catmpl', 'refusals-full', 'refusals-both', '--wait=false', '--ignore-not-found'])
})

// The requests of these tests need a review, and must be refused before anyone is asked for one.
const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }

describe('what the API server says of the pod reaches who asked, word for word, before anybody reviews it', () => {
  test('PodSecurity', async () => {
    const here = shellScene(restricted)
    await here.offer('own', ownPodTemplate(), reviewed)
    await here.ask('own-mine')

    const told = await refused(restricted, 'own-mine')
    const template = await notReady(restricted, 'own', 'Refused')

    const { metadata, status } = told
    expect(readyOf(told)?.status).toBe('False')
    expect(status?.message).toContain(
      `the API server refused its Pod, and Sallyport tries again: pods "${providedName(metadata.uid)}" is forbidden: violates PodSecurity "restricted:latest": ` +
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)',
    )
    expect(status?.message).toMatch(/seccompProfile .*"RuntimeDefault" or "Localhost"\)$/)
    expect(status?.target).toBeUndefined()
    const inItsWords = status?.message?.replace(providedName(metadata.uid), providedName(template.metadata.uid))
    expect(readyOf(template)).toMatchObject({ status: 'False', message: inItsWords })
  })

  test('ResourceQuota, in all namespaces that a template is for, or in one of them', async () => {
    const reach = (name: string, matchNames: readonly string[]): Promise<unknown> => {
      const { spec } = offered(name, ownPodTemplate())
      const metadata = { name: `refusals-${name}` }
      return apply({
        apiVersion,
        kind: 'ClusterAccessTemplate',
        metadata,
        spec: { ...spec, namespaces: { matchNames } },
      })
    }
    await reach('full', [full])
    await reach('both', [full, namespace])
    const condition = '{.status.conditions[?(@.type=="Ready")].message}'
    const isTold = (name: string, what: string): Promise<string> =>
      admin(['wait', `--for=condition=${what}`, `catmpl/refusals-${name}`, '--timeout=20s'])

    await isTold('full', 'Ready=False')
    await isTold('both', 'Ready=True')
    expect(await admin(['get', 'catmpl', 'refusals-full', '-o', `jsonpath=${condition}`])).toContain(
      `in ${full}: the API server refused its Pod, and Sallyport tries again: `,
    )
  })

  test('ResourceQuota, which may have room again', async () => {
    const here = shellScene(full)
    await here.offer('own', ownPodTemplate(), reviewed)
    await here.ask('own-mine')

    const told = await refused(full, 'own-mine')
    const template = await notReady(full, 'own', 'Refused')
    await liftRules()
    await admin(['wait', '--for=condition=Ready', 'atmpl/own', '-n', full, '--timeout=60s'])
    await asked(full, 'own-mine', 60)

    const message =
      `the API server refused its Pod, and Sallyport tries again: pods "${providedName(told.metadata.uid)}" is forbidden: ` +
      'exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0'
    expect(told.status).toMatchObject({ phase: 'Pending', message })
    expect(readyOf(told)).toMatchObject({ status: 'False', reason: 'Refused', message })
    expect(readyOf(template)?.message).toContain('exceeded quota: none')
    const { status } = await storedRequest(full, 'own-mine')
    expect(status?.message).toMatch(/^waits for approval/)
    expect(status?.conditions?.some(({ type }) => type === 'Ready')).toBe(false)
  })
})

describe('who offers pods', () => {
  test('must be allowed to create them', async () => {
    expect(await refusedApply('mallory', offered('theirs'))).toContain(
      `mallory may not create pods in namespace ${namespace} (E_TEMPLATE_AUTHOR)`,
    )
    await applied('carol', offered('hers'))
  })

  test('may change what another has offered only by the same right', async () => {
    await applied('carol', offered('changed'))

    expect(await refusedApply('mallory', offered('changed', { replace: 'OnFailure' }))).toContain('E_TEMPLATE_AUTHOR')
  })

  const privileged = { ...idleContainer('app'), securityContext: { privileged: true } }
  const dangers: readonly [string, object, string][] = [
    ['host namespaces', { hostNetwork: true }, 'spec.hostNetwork is set'],
    ['hostPath', { volumes: [{ name: 'root', hostPath: { path: '/' } }] }, 'hostPath'],
    ['a privileged container', { containers: [privileged] }, 'privileged'],
    [
      'an added capability',
      { containers: [{ ...idleContainer('app'), securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
      'SYS_ADMIN',
    ],
  ]

  test.each(dangers)(
    'may not offer a pod of his own with %s, unless RBAC lets him escalate templates',
    async (_title, spec, text) => {
      const refusal = await refusedApply('carol', offered('dangerous', ownPodTemplate(spec)))

      expect(refusal).toContain('carol may not offer this: ')
      expect(refusal).toContain(text)
      await applied('bob', offered('dangerous', ownPodTemplate(spec)))
    },
  )

  test('may not offer another service account than the workload’s', async () => {
    const shell = { ...ownPodTemplate({ serviceAccountName: 'root' }), mutate: { keep: ['serviceAccountName'] } }

    expect(await refusedApply('carol', offered('account', shell))).toContain('spec.serviceAccountName is root')
  })

  test('and where the workload brings the danger, the request fails', async () => {
    const spec = { hostNetwork: true, containers: [privileged] }
    const template = { metadata: { labels: { app: 'node-agent' } }, spec }
    await apply(workloadFile(namespace, 'DaemonSet', 'node-agent', { template }))
    const after = { from: { kind: 'DaemonSet', name: 'node-agent' } }
    await applied('carol', offered('agent', after))
    await applied('bob', offered('listed', after))
    await Promise.all([ask('agent-mine'), ask('listed-mine')])

    expect(await ended(namespace, 'agent-mine', 'Failed')).toContain(
      'the author of the template, carol, may not offer this pod: spec.hostNetwork is set',
    )
    expect(readyOf(await notReady(namespace, 'agent', 'Unusable'))?.message).toContain(
      'the author of the template, carol, may not offer this pod: spec.hostNetwork is set',
    )
    await asked(namespace, 'listed-mine')
  })
})

describe('who asks', () => {
  test.each<[string, object, string]>([
    ['more than the limit', { cpu: '2' }, 'spec.shell.resources.cpu asks for 2, but the template allows at most 500m'],
    [
      'what is not offered',
      { memory: '1Gi' },
      'spec.shell.resources.memory asks for 1Gi, but the template does not let',
    ],
  ])('for %s is refused, with the limit', async (_title, resources, text) => {
    await offer('limited', { limits: { cpu: '500m' } })

    expect(await refusedApply('alice', request('limited-mine', { shell: { resources } }))).toContain(text)
  })

  test.each<[string, object]>([
    ['finalizers', { finalizers: ['example.com/pinned'] }],
    // With blockOwnerDeletion, a cluster that has OwnerReferencesPermissionEnforcement refuses it before us.
    ['ownerReferences', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'pin', uid: 'pin' }] }],
  ])('cannot pin a request by %s', async (_field, pin) => {
    await offer('pinned')
    const { metadata, ...rest } = request('pinned-mine')

    expect(await refusedApply('alice', { ...rest, metadata: { ...metadata, ...pin } })).toContain('E_FOREIGN_METADATA')
  })
})

test('a pod that somebody else has put under the name is not entered, and not touched', async () => {
  await offer('squatted', ownPodTemplate())
  await ask('squatted-mine', { startAt: new Date(Date.now() + 5_000).toISOString() })
  const { uid } = await asked(namespace, 'squatted-mine')
  const name = providedName(uid)
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { schedulerName: 'nobody', containers: [idleContainer('app')] },
  })

  expect(await ended(namespace, 'squatted-mine', 'Failed')).toBe(
    `pod ${name} exists already, and Sallyport did not make it: ask again`,
  )
  await until('it is still there', () => admin(['get', 'pod', name, '-n', namespace, '-o', 'name']))
})
