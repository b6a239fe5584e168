import { describe, expect, test } from '@jest/globals'
import { stringify } from 'yaml'
import type { Note } from '../../../../src/cli/migrate/note.ts'
import { joinedConfig } from '../../../../src/cli/migrate/write/joined-config.ts'
import { convertAll } from '../../../../src/cli/migrate/convert-all.ts'
import { parseConfig } from '../../../../src/config/config.ts'
import { examples, kraRequest, kudoPolicy, migrated, migratedOne, ozTemplate } from './examples.ts'

/** Returns the paths of the notes with an effect. */
function pathsOf(notes: readonly Note[], effect: Note['effect']): readonly string[] {
  return notes.filter((note) => note.effect === effect).map(({ path }) => path)
}

/** The objects of the examples, and what they become. */
const becomes: Readonly<Record<string, readonly string[]>> = {
  oz: [
    'PodAccessTemplate shop/both: Converted: AccessTemplate both-shell',
    'Deployment shop/web: Untouched: ',
    'ExecAccessTemplate shop/sample: Refused: ',
    'AccessTemplate shop/sample: NoEqual: ',
    'ExecAccessRequest shop/web: Converted: AccessRequest web',
    'ExecAccessTemplate shop/web: Converted: AccessTemplate web',
    'PodAccessTemplate shop/tools: Converted: AccessTemplate tools-shell',
    'PodAccessRequest shop/web: Converted: AccessRequest web-shell',
    'PodAccessTemplate shop/web: Converted: AccessTemplate web-shell',
    'ClusterRole oz-request-access: NoEqual: ',
    'RoleBinding shop/developers-ask: Converted: RoleBinding developers-ask-sallyport-requestor',
    'ClusterRole oz-template-manager: NoEqual: ',
    'ExecAccessTemplate shop/webAccess: Converted: AccessTemplate webaccess',
    'ExecAccessRequest shop/webAccess-*: Converted: AccessRequest webaccess-',
    'ExecAccessTemplate shop/canary: Converted: ClusterRole sallyport-reads-rollouts, ClusterRoleBinding sallyport-reads-rollouts, AccessTemplate canary',
  ],
  'kube-request-access': [
    'AccessGrant shop/grant-*: NoEqual: ',
    'AccessRequest shop/read-hostname: Converted: AccessRequest read-hostname',
    'Deployment shop/kube-request-access: Converted: ',
    'AccessRequest shop/access-exec-alice-*: Converted: AccessRequest access-exec-alice-',
    'Role shop/developer: NoEqual: ',
    'RoleBinding shop/developers: Converted: RoleBinding developers-sallyport-requestor',
    'Role shop/granter: NoEqual: ',
    'RoleBinding shop/granters: Converted: RoleBinding granters-sallyport-requestor, RoleBinding granters-sallyport-approver',
    'Role shop/developer-exec: Untouched: ',
    'ValidatingWebhookConfiguration kube-request-access: NoEqual: ',
  ],
  kudo: [
    'EscalationPolicy shop-config: Converted: ClusterRole sallyport-binds-shop-config, ClusterAccessTemplate shop-config',
    'Escalation kudo-escalation-x1: Converted: AccessRequest kudo-escalation-x1',
    'Escalation kudo-escalation-*: Converted: AccessRequest kudo-escalation-',
    'ClusterRole shop-port-forwarder: Untouched: ',
    'EscalationPolicy shop-port-forward: Converted: ClusterRole sallyport-binds-shop-port-forward, ClusterAccessTemplate shop-port-forward',
    'ClusterRole shop-config-viewer: Untouched: ',
    'ClusterRole shop-can-escalate: NoEqual: ',
    'ClusterRoleBinding shop-can-escalate: Converted: ClusterRoleBinding shop-can-escalate-sallyport-requestor',
    'EscalationPolicy shop-several: Converted: ClusterRole sallyport-binds-shop-several, ClusterAccessTemplate shop-several, ClusterAccessTemplate shop-several-default',
    'EscalationPolicy shop-time-window: Converted: ClusterRole sallyport-binds-shop-time-window, ClusterAccessTemplate shop-time-window',
    'EscalationPolicy shop-two-factor: Converted: ClusterRole sallyport-binds-shop-two-factor, ClusterAccessTemplate shop-two-factor',
  ],
  'podconfig-operator': ['PodConfig shop/shop-net: NoEqual: ', 'ClusterRole podconfig-editor-role: NoEqual: '],
}

test.each(examples)('the examples of $system become these objects', ({ system, documents }) => {
  const lines = convertAll(documents).map(({ title, result, objects, requests }) => {
    const made = [...objects, ...requests].map(
      ({ kind, metadata: { name, generateName } }) => `${kind} ${name ?? generateName ?? ''}`,
    )
    return `${title}: ${result}: ${made.join(', ')}`
  })

  expect(lines).toEqual(becomes[system])
})

/** Returns an object that came of an example. */
function madeOf(kind: string, name: string): unknown {
  const made = examples.flatMap(({ documents }) =>
    convertAll(documents).flatMap((one) => [...one.objects, ...one.requests]),
  )
  return made.find((one) => one.kind === kind && one.metadata.name === name)
}

const apiVersion = 'access.sallyport.dev/v1alpha1'
const dev = { kind: 'Group', name: 'dev' }

test('a template of Oz, whole', () => {
  expect(madeOf('AccessTemplate', 'web-shell')).toEqual({
    apiVersion,
    kind: 'AccessTemplate',
    metadata: { name: 'web-shell', namespace: 'shop' },
    spec: {
      subjects: [dev],
      duration: { default: '30m', max: '2h' },
      accessMessage: 'kubectl exec -ti -n {{namespace}} {{pod}} -- /bin/sh',
      access: {
        shell: {
          from: { kind: 'Deployment', name: 'web' },
          mutate: {
            keep: ['serviceAccountName', 'automountServiceAccountToken'],
            annotations: { 'example.org/owner': 'shop-team' },
            labels: { purpose: 'debugging' },
            command: ['sleep', '7200'],
            env: [{ name: 'STAGE', value: 'debug' }],
            resources: { requests: { cpu: '10m', memory: '16Mi' } },
            jsonPatch: [{ op: 'add', path: '/spec/hostname', value: 'debugging' }],
          },
          limits: { cpu: 1, memory: '64Mi', 'ephemeral-storage': '64Mi' },
        },
      },
    },
  })
})

test('a request of kube-request-access, whole', () => {
  expect(madeOf('AccessRequest', 'read-hostname')).toEqual({
    apiVersion,
    kind: 'AccessRequest',
    metadata: { name: 'read-hostname', namespace: 'shop', labels: { username: 'alice' } },
    spec: {
      duration: '1h',
      exec: { pod: 'web-0', container: 'app', command: ['cat', '/etc/hostname'] },
      attributes: { ticket: 'OPS-42' },
    },
  })
})

test('a policy of kudo, whole', () => {
  expect(madeOf('ClusterAccessTemplate', 'shop-config')).toEqual({
    apiVersion,
    kind: 'ClusterAccessTemplate',
    metadata: { name: 'shop-config' },
    spec: {
      subjects: [dev],
      duration: { default: '60m', max: '2h' },
      challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }],
      namespaces: { matchNames: ['shop', 'shop-jobs'] },
      access: { role: { bindings: [{ roleRef: { kind: 'ClusterRole', name: 'shop-config-viewer' } }] } },
    },
  })
})

test('the fields for the config are a config', () => {
  const config = joinedConfig(examples.flatMap(({ documents }) => convertAll(documents)))

  expect(Object.keys(config)).toEqual(['workloads', 'exemptions'])
  const head = { apiVersion: 'config.sallyport.dev/v1alpha1', kind: 'SallyportConfig' }
  expect(() => parseConfig(stringify({ ...head, ...config }), 'f')).not.toThrow()
})

describe('Oz', () => {
  test('a template without changes of the pod keeps its probes', () => {
    const [template] = migratedOne(ozTemplate('PodAccessTemplate')).objects

    expect(template).toMatchObject({
      metadata: { name: 'web-shell' },
      spec: {
        access: {
          shell: {
            mutate: {
              keep: [
                ...['livenessProbe', 'readinessProbe', 'startupProbe', 'topologySpreadConstraints'],
                ...['serviceAccountName', 'automountServiceAccountToken'],
              ],
            },
          },
        },
      },
    })
  })

  test('every change of the pod is there, or told', () => {
    const { objects, notes } = migratedOne(
      ozTemplate('PodAccessTemplate', {
        controllerTargetMutationConfig: {
          defaultContainerName: 'app',
          keepLivenessProbe: 'yes',
          keepTerminationGracePeriod: true,
          purgeAnnotations: true,
          nodeSelector: { disk: 'ssd' },
          args: ['-v'],
          env: [
            { name: 'A', value: 'old' },
            { name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
          resources: { limits: { cpu: 1 }, claims: [{ name: 'gpu' }] },
          patchSpecOperations: [{ op: 'move', path: '/spec/hostNetwork' }],
        },
      }),
    )

    expect(objects).toMatchObject([
      {
        spec: {
          access: {
            shell: {
              container: 'app',
              mutate: {
                keep: ['livenessProbe', 'serviceAccountName', 'automountServiceAccountToken'],
                purge: ['annotations'],
                nodeSelector: { disk: 'ssd' },
                args: ['-v'],
                env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
                resources: { limits: { cpu: 1 } },
              },
            },
          },
        },
      },
    ])
    const config = 'spec.controllerTargetMutationConfig'
    expect(pathsOf(notes, 'NoEqual')).toEqual([
      `${config}.keepTerminationGracePeriod`,
      `${config}.patchSpecOperations[0]`,
      `${config}.resources.claims[0].name`,
    ])
    expect(pathsOf(notes, 'Ignored')).toEqual([`${config}.env[0]`])
  })

  test.each([
    ['kubectl exec {{ .Metadata.Name }} -n {{.Metadata.Namespace}}', 'kubectl exec {{pod}} -n {{namespace}}', []],
    ['{{ index .Metadata.Labels "app" }}', undefined, ['spec.accessConfig.accessCommand']],
    ['ends in {', undefined, ['spec.accessConfig.accessCommand']],
  ])('the access command %s', (accessCommand, message, told) => {
    const accessConfig = { allowedGroups: ['dev'], accessCommand }

    const { objects, notes } = migratedOne(ozTemplate('ExecAccessTemplate', { accessConfig }))

    expect(objects.map(({ spec }) => (spec as { accessMessage?: string }).accessMessage)).toEqual([message])
    expect(pathsOf(notes, 'NoEqual')).toEqual(told)
  })

  test.each([
    ['defaults of Oz', {}, { default: '1h', max: '24h' }],
    ['a default beyond the maximum', { defaultDuration: '3h', maxDuration: '2h' }, { default: '2h', max: '2h' }],
  ])('durations: %s', (_title, durations, duration) => {
    const accessConfig = { allowedGroups: ['dev'], ...durations }

    expect(migratedOne(ozTemplate('ExecAccessTemplate', { accessConfig })).objects).toMatchObject([
      { spec: { duration } },
    ])
  })

  test.each([
    ['nobody may ask', { accessConfig: { allowedGroups: [] } }, 'spec.accessConfig.allowedGroups'],
    ['a wrong type', { accessConfig: { allowedGroups: 'dev' } }, 'spec.accessConfig.allowedGroups'],
    [
      'a duration of days',
      { accessConfig: { allowedGroups: ['dev'], maxDuration: '2d' } },
      'spec.accessConfig.maxDuration',
    ],
    [
      'a kind of another group',
      { controllerTargetRef: { apiVersion: 'apps/v1', kind: 'Rollout', name: 'web' } },
      'spec.controllerTargetRef.kind',
    ],
    [
      'a group by the name of a built-in property',
      { controllerTargetRef: { apiVersion: 'constructor', kind: 'Deployment', name: 'web' } },
      'spec.controllerTargetRef.kind',
    ],
    [
      'a list where a boolean belongs',
      { controllerTargetMutationConfig: { purgeAnnotations: ['yes'] } },
      'spec.controllerTargetMutationConfig.purgeAnnotations',
    ],
    ['a spec that is a text', { controllerTargetRef: 'web' }, 'spec.controllerTargetRef'],
    [
      'more groups than a template takes',
      { accessConfig: { allowedGroups: Array.from({ length: 33 }, (_, i) => `g${i}`) } },
      '',
    ],
  ])('nothing is made of a template with %s', (_title, spec, path) => {
    const { result, objects, notes } = migratedOne(ozTemplate('PodAccessTemplate', spec))

    expect([result, objects]).toEqual(['Refused', []])
    expect(notes.map((note) => note.path)).toContain(path)
  })

  test('labels and annotations of tools stay behind', () => {
    const labels = { team: 'shop', 'app.kubernetes.io/managed-by': 'Helm' }
    const annotations = { 'helm.sh/hook': 'test', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }
    const template = { ...ozTemplate('ExecAccessTemplate'), metadata: { name: 'web', labels, annotations } }

    const { objects, notes } = migratedOne(template)

    expect(objects[0]?.metadata).toEqual({ name: 'web', labels: { team: 'shop' } })
    expect(pathsOf(notes, 'NoEqual')).toEqual([
      'metadata.labels["app.kubernetes.io/managed-by"]',
      'metadata.annotations["helm.sh/hook"]',
    ])
  })
})

describe('kube-request-access', () => {
  test.each([
    [
      'another subresource',
      { forObject: { resource: { version: 'v1', resource: 'pods' }, subResource: 'attach', name: 'web-0' } },
    ],
    [
      'another resource',
      { forObject: { resource: { version: 'v1', resource: 'services' }, subResource: 'exec', name: 'web-0' } },
    ],
    ['options of another call', { execOptions: { kind: 'PodAttachOptions' } }],
    ['values that are not texts', { customKeys: { ticket: 42 } }],
    ['a command without end', { execOptions: { command: Array.from({ length: 8 }, () => 'x'.repeat(4_000)) } }],
  ])('nothing is made of a request for %s', (_title, spec) => {
    expect(migratedOne(kraRequest(spec))).toMatchObject({ result: 'Refused', requests: [] })
  })

  test('a terminal may be asked for, and output that nobody wanted is told of', () => {
    const execOptions = { command: [], container: '', stdin: true, tty: true, stdout: false }

    const { requests, notes } = migratedOne(kraRequest({ execOptions, validFor: '10m0s' }))

    expect(requests).toMatchObject([{ spec: { duration: '10m0s', exec: { pod: 'web-0', stdin: true, tty: true } } }])
    expect(pathsOf(notes, 'Differs')).toEqual(['spec.userInfo.username', 'spec.execOptions.stdout'])
  })
})

test('the flags of kube-request-access, in every way of writing them', () => {
  const args = ['--always-allowed-group-name', 'ops', '-v=3', '--constructor=x', '--always-allowed-user-name']
  const containers = [{ name: 'gate', image: 'x/kube-request-access:1', args }]
  const program = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'gate' },
    spec: { template: { spec: { containers } } },
  }

  const { config, notes } = migratedOne(program)

  const subjects = [{ kind: 'Group', name: 'ops' }]
  expect(config).toMatchObject({ exemptions: [{ subjects, subresources: ['pods/exec'] }] })
  const list = 'spec.template.spec.containers[0].args'
  expect(pathsOf(notes, 'NoEqual')).toEqual([`${list}[3]`, `${list}[4]`, ''])
  const image = 'x/kube-request-access-ui:1'
  const other = { ...program, spec: { template: { spec: { containers: [{ image }] } } } }
  expect(migratedOne(other).result).toBe('Untouched')
})

describe('kudo', () => {
  test('a subject that kudo never matches gets nothing', () => {
    const robot = { kind: 'ServiceAccount', name: 'robot', namespace: 'shop' }
    const { objects, notes } = migratedOne(kudoPolicy({ subjects: [robot, { kind: 'User', name: 'alice' }] }))

    expect(objects[1]).toMatchObject({ spec: { subjects: [{ kind: 'User', name: 'alice' }] } })
    expect(pathsOf(notes, 'NoEqual')).toEqual(['spec.subjects[0]'])
    expect(migratedOne(kudoPolicy({ subjects: [robot] })).result).toBe('Refused')
  })

  test.each([
    ['no grant', { grants: [] }],
    ['a grant of another kind', { grants: [{ kind: 'AwsRole' }] }],
    ['no namespace', { grants: [{ kind: 'KubernetesRoleBinding', roleRef: { kind: 'ClusterRole', name: 'view' } }] }],
    ['no longest time', { maxDuration: undefined }],
  ])('nothing is made of a policy with %s', (_title, target) => {
    expect(migratedOne(kudoPolicy({}, target))).toMatchObject({ result: 'Refused', objects: [] })
  })

  test('an escalation without a namespace is in the one of its policy, or where it is applied', () => {
    const escalation = {
      apiVersion: 'k8s.kudo.dev/v1alpha1',
      kind: 'Escalation',
      metadata: { name: 'now' },
      spec: { policyName: 'look', reason: 'OPS-42' },
    }

    expect(migratedOne(escalation)).toMatchObject({
      requests: [{ metadata: { name: 'now' } }],
      notes: [{ path: 'spec.policyName' }],
    })
    expect(migrated(escalation, kudoPolicy())[0]).toMatchObject({ requests: [{ metadata: { namespace: 'shop' } }] })
  })
})
