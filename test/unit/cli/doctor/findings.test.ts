import { describe, expect, test } from '@jest/globals'
import { installation, serviceAccountUser } from '../../../../src/api/installation.ts'
import { requestUidLabel } from '../../../../src/api/provided-object.ts'
import { versionLabel } from '../../../../src/api/version.ts'
import type { ClusterFacts } from '../../../../src/cli/doctor/cluster-facts.ts'
import { allRules, findings } from '../../../../src/cli/doctor/findings.ts'
import type { RbacBinding, RbacRole } from '../../../../src/cli/doctor/rights.ts'
import { gateFacts, healthyFacts } from '../../../fixtures/cluster-facts.ts'
import { plantedHoles } from '../../../fixtures/holes.ts'
import { bindingFile, roleFile } from '../../../fixtures/rbac-facts.ts'

const healthy = healthyFacts()
const holes = plantedHoles('shop')
const cover = (facts: Partial<ClusterFacts>): ClusterFacts => ({ ...healthy, ...facts })
const told = (facts: ClusterFacts) => findings(facts).map(({ id, subject, rule }) => [id, subject, rule])

const clusterAdmin = roleFile('ClusterRole', 'cluster-admin', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])

function rightsOf(objects: readonly object[]): Pick<ClusterFacts, 'roles' | 'bindings'> {
  const isKind =
    (...kinds: readonly string[]) =>
    (one: object) =>
      'kind' in one && kinds.includes(String(one.kind))
  return {
    roles: [clusterAdmin, ...(objects.filter(isKind('Role', 'ClusterRole')) as readonly RbacRole[])],
    bindings: objects.filter(isKind('RoleBinding', 'ClusterRoleBinding')) as readonly RbacBinding[],
  }
}

test('where all is well, nothing is found', () => {
  expect(findings(healthy)).toEqual([])
  const breakGlass = { breakGlass: { subjects: [{ kind: 'Group', name: 'on-call' }] } }
  expect(told(healthyFacts(breakGlass))).toEqual([['break-glass', 'Group on-call', 'breakGlass']])
})

test('what could not be read is not judged', () => {
  expect(findings({ now: 0, version: '1' })).toEqual([])
})

describe('each hole in RBAC is found by its rule, and by no other', () => {
  test.each(holes.filter(({ id }) => id !== 'token-in-secret').map((hole) => [hole.id, hole] as const))(
    '%s',
    (id, { objects, subject, rule }) => {
      expect(told(cover(rightsOf(objects)))).toEqual([[id, subject, rule]])
    },
  )
})

describe('rights that are no finding', () => {
  const bootstrapping = (binding: RbacBinding): RbacBinding => ({
    ...binding,
    metadata: { ...binding.metadata, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
  })
  const own = `ServiceAccount ${installation.namespace}/${installation.serviceAccount}`

  test.each<[string, RbacBinding]>([
    ['of system:masters', bindingFile('cluster-admin', 'ClusterRole cluster-admin', 'Group system:masters')],
    ['of kubeadm', bindingFile('kubeadm:cluster-admins', 'ClusterRole cluster-admin', 'Group kubeadm:cluster-admins')],
    [
      'of a built-in controller',
      bootstrapping(
        bindingFile('system:controller:job', 'ClusterRole cluster-admin', 'ServiceAccount kube-system/job'),
      ),
    ],
    ['of Sallyport', bindingFile('sallyport', 'ClusterRole cluster-admin', own)],
    ['of a role that does not exist', bindingFile('gone', 'ClusterRole gone', 'Group dev')],
    ['of another namespace than the role', bindingFile('other/one', 'Role cluster-admin', 'Group dev')],
  ])('%s', (_title, binding) => {
    expect(told(cover({ roles: [clusterAdmin], bindings: [binding] }))).toEqual([])
  })

  test.each<[string, RbacBinding]>([
    [
      'an account of kube-system by a binding that somebody made',
      bindingFile('mine', 'ClusterRole cluster-admin', 'ServiceAccount kube-system/job'),
    ],
    [
      'another group in a bootstrapped binding',
      bootstrapping(bindingFile('cluster-admin', 'ClusterRole cluster-admin', 'Group system:authenticated')),
    ],
    ['Sallyport by another binding', bindingFile('more', 'ClusterRole cluster-admin', own)],
    [
      'a user who is named like Sallyport',
      bindingFile('sallyport', 'ClusterRole cluster-admin', `User ${serviceAccountUser}`),
    ],
  ])('but not %s', (_title, binding) => {
    expect(told(cover({ roles: [clusterAdmin], bindings: [binding] }))).toHaveLength(1)
  })

  test('of an access, while its request has not ended', () => {
    const exec = holes.find(({ id }) => id === 'standing-rights')?.objects ?? []
    const { roles, bindings = [] } = rightsOf(exec)
    const given = bindings.map((one) => ({
      ...one,
      metadata: { ...one.metadata, labels: { [requestUidLabel]: 'u1' } },
    }))

    expect(told(cover({ roles, bindings: given, requests: ['u1'] }))).toEqual([])
    expect(told(cover({ roles, bindings: given, requests: ['u2'] }))).toHaveLength(1)
  })

  test('in a namespace that the gate does not guard', () => {
    const pods = holes.find(({ id }) => id === 'pod-creators')?.objects ?? []
    const ids = findings({ ...healthyFacts({ excludedNamespaces: ['shop'] }), ...rightsOf(pods) }).map(({ id }) => id)

    expect(ids).toEqual(['excluded-namespaces'])
  })
})

test('two roles of one subject give a power together, and only in one place', () => {
  const role = (name: string, verb: string) =>
    roleFile('ClusterRole', name, [{ apiGroups: [''], resources: ['secrets'], verbs: [verb] }])
  const roles = [role('reader', 'get'), role('writer', 'create')]
  const reads = bindingFile('shop/reads', 'ClusterRole reader', 'User eve')
  const found = (writes: string) =>
    told(cover({ roles, bindings: [reads, bindingFile(writes, 'ClusterRole writer', 'User eve')] }))

  expect(found('shop/writes')).toEqual([
    [
      'token-secrets',
      'User eve',
      'ClusterRole reader by RoleBinding shop/reads, ClusterRole writer by RoleBinding shop/writes',
    ],
  ])
  expect(found('other/writes')).toEqual([])
})

const policy = healthy.installed?.find(({ wanted }) => wanted.kind === 'ValidatingAdmissionPolicyBinding')
const others = healthy.installed?.filter((one) => one !== policy) ?? []
const gate = gateFacts()
const withGate = (change: object) => {
  const [first, ...rest] = gate.webhooks ?? []
  return { gate: { ...gate, webhooks: [{ ...first, ...change }, ...rest] } as typeof gate }
}
const configured = (fields: object): Partial<ClusterFacts> => healthyFacts(fields)
const minute = 60_000

const faults: readonly (readonly [id: string, facts: Partial<ClusterFacts>, rule: RegExp])[] = [
  ['gate-absent', { gate: 'absent' }, /does not exist/],
  ['gate-changed', withGate({ objectSelector: { matchLabels: { a: 'b' } } }), /objectSelector/],
  ['gate-changed', withGate({ rules: [] }), /rules/],
  [
    'gate-changed',
    withGate({ clientConfig: { url: `https://else.where/${'a'.repeat(48)}` } }),
    /URL https:\/\/else\.where\/…? ?/,
  ],
  ['fails-open', withGate({ failurePolicy: 'Ignore' }), /failurePolicy Ignore/],
  ['observes', configured({ enforcement: 'Observe' }), /enforcement is Observe/],
  ['not-installed', { installed: policy ? [...others, { ...policy, live: undefined }] : [] }, /does not exist/],
  [
    'changed',
    {
      installed: policy
        ? [
            ...others,
            {
              ...policy,
              live: {
                ...policy.wanted,
                spec: { policyName: policy.wanted.metadata.name, validationActions: ['Warn'] },
              },
            },
          ]
        : [],
    },
    /validationActions/,
  ],
  ['excluded-namespaces', configured({ excludedNamespaces: ['kube-system'] }), /excludedNamespaces/],
  [
    'exemptions',
    configured({
      exemptions: [
        {
          why: 'backup',
          subjects: [{ kind: 'ServiceAccount', namespace: 'velero', name: 'velero' }],
          subresources: ['pods/exec'],
        },
      ],
    }),
    /exemptions\[0\]: pods\/exec in every namespace/,
  ],
  ['impersonation', configured({ identity: { impersonation: 'Record' } }), /Record/],
  ['self-check-reports', configured({ selfCheck: { onDifference: 'Report' } }), /Report/],
  ['unready', { deployment: { metadata: {}, spec: { replicas: 2 }, status: { readyReplicas: 1 } } }, /1 of 2/],
  ['unready', { deployment: 'absent' }, /does not exist/],
  ['one-replica', { deployment: { metadata: {}, spec: { replicas: 1 }, status: { readyReplicas: 1 } } }, /is 1/],
  [
    'not-intact',
    {
      deployment: {
        metadata: {},
        spec: { replicas: 2 },
        status: {
          readyReplicas: 2,
          conditions: [
            { type: 'access.sallyport.dev/InstallationIntact', status: 'False', message: 'E_NOT_RESTORED: it' },
          ],
        },
      },
    },
    /E_NOT_RESTORED/,
  ],
  [
    'certificates',
    { certificates: [{ where: 'Secret a', from: healthy.now - 95 * minute, until: healthy.now + 5 * minute }] },
    /it ends/,
  ],
  ['certificates', { certificates: [{ where: 'Secret a', from: 0, until: 1 }] }, /it ended/],
  [
    'versions',
    {
      deployment: {
        metadata: { labels: { [versionLabel]: '0.0.1' } },
        spec: { replicas: 2 },
        status: { readyReplicas: 2 },
      },
    },
    /0\.0\.1/,
  ],
  ['kubernetes-version', { kubernetes: { major: 1, minor: 30 } }, /1\.30/],
  ['clock-skew', { server: { time: healthy.now + minute, tookMs: 5 } }, /60 s ahead/],
  ['clock-skew', { server: { time: healthy.now - minute, tookMs: 5 } }, /-60 s ahead/],
  ['token-in-secret', { tokens: [{ namespace: 'shop', name: 't', account: 'ci' }] }, /Secret shop\/t/],
  ['sink-behind', { waiting: [{ sink: 'archive', count: 7, since: healthy.now - 10 * minute }] }, /7 events wait/],
]

describe('each fault of the installation is found by its rule', () => {
  test.each(faults)('%s', (id, facts, rule) => {
    const found = findings(cover(facts)).filter((one) => one.id === id)

    expect(found).toContainEqual(
      expect.objectContaining({ rule: expect.stringMatching(rule), remedy: expect.any(String) }),
    )
  })

  test('no secret path is told', () => {
    const changed = cover(withGate({ clientConfig: { url: `https://else.where/${'a'.repeat(48)}` } }))
    expect(JSON.stringify(findings(changed))).not.toContain('aaaa')
  })
})

test('each rule has an id of its own, and a test above', () => {
  const ids = allRules.map(({ id }) => id)
  const tried = [...holes, ...faults.map(([id]) => ({ id }))].map(({ id }) => id)

  expect(new Set(ids).size).toBe(ids.length)
  // The canary is tried on a cluster.
  expect(ids.filter((id) => !tried.includes(id)).toSorted()).toEqual(['break-glass', 'canary'])
})
