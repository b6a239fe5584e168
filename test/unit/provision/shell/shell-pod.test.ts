import { describe, expect, test } from '@jest/globals'
import type { ShellAccess } from '../../../../src/api/kinds/access/shell-access.ts'
import type { PodTemplate } from '../../../../src/api/pod-template.ts'
import { shellPod } from '../../../../src/provision/shell/shell-pod.ts'
import { aRequest } from '../../../fixtures/example-access.ts'
import { aWorkload } from '../../../fixtures/example-workload.ts'
import { containerOf, good, mutated, pod, problems } from '../../../fixtures/made-shell-pod.ts'

describe("a shell pod is the request's", () => {
  test('by name, owner and labels, and has none of the workload', () => {
    expect(pod().metadata).toStrictEqual({
      name: 'sallyport-uid-1',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'sallyport', 'access.sallyport.dev/request-uid': 'uid-1' },
      annotations: {
        'example.com/team': 'shop',
        'kubectl.kubernetes.io/default-container': 'app',
        'access.sallyport.dev/request': 'look',
      },
      ownerReferences: [
        {
          apiVersion: 'access.sallyport.dev/v1alpha1',
          kind: 'AccessRequest',
          name: 'look',
          uid: 'uid-1',
          controller: true,
          blockOwnerDeletion: false,
        },
      ],
    })
  })

  test('and ends by itself', () => {
    expect(pod().spec).toMatchObject({
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      activeDeadlineSeconds: 1_801,
    })
  })

  test.each([
    [59.1, 61],
    [60, 61],
    [0.2, 2],
    [-5, 1],
  ])('and with %d seconds left not earlier, though its start is told in whole seconds', (secondsLeft, deadline) => {
    expect(pod({ facts: { secondsLeft } }).spec['activeDeadlineSeconds']).toBe(deadline)
  })

  test.each([
    [NaN, 1],
    [-Infinity, 1],
    [Infinity, 2_147_483_647],
  ])('also after %d seconds', (secondsLeft, deadline) => {
    expect(pod({ facts: { secondsLeft } }).spec['activeDeadlineSeconds']).toBe(deadline)
  })

  test('unless what it is made after is beyond all measure', () => {
    const source = aWorkload({ spec: { affinity: JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown } })
    expect(problems({ source })).toStrictEqual(['the pod template has more than 262144 characters or 64 levels'])
  })

  test('also where the workload is told otherwise', () => {
    const source = aWorkload({
      spec: { activeDeadlineSeconds: 5, terminationGracePeriodSeconds: 0, restartPolicy: 'OnFailure' },
      app: { restartPolicy: 'Always', restartPolicyRules: [{ action: 'Restart' }] },
    })
    expect(pod({ source })).toStrictEqual(pod())
  })
})

describe('what is the workload’s own is dropped:', () => {
  test.each([
    'hostname',
    'subdomain',
    'setHostnameAsFQDN',
    'hostnameOverride',
    'priorityClassName',
    'priority',
    'preemptionPolicy',
    'readinessGates',
    'schedulingGates',
    'topologySpreadConstraints',
    'nodeName',
    'ephemeralContainers',
    'overhead',
    'resources',
    'workloadRef',
    'schedulingGroup',
    'evictionResponders',
    'serviceAccount',
    'serviceAccountName',
  ])('spec.%s', (field) => {
    const source = aWorkload()
    const whole = { ...source, spec: { ...source.spec, [field]: source.spec[field] ?? 'x' } }
    expect(pod({ source: whole }).spec).not.toHaveProperty(field)
  })

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy', 'restartPolicyRules'])(
    '%s of every container',
    (field) => {
      const { containers, initContainers = [] } = pod().spec
      for (const one of [...containers, ...initContainers]) expect(one).not.toHaveProperty(field)
    },
  )

  test('ports of the node', () => {
    expect(containerOf(pod(), 'logs').ports).toStrictEqual([{ containerPort: 9000 }])
  })

  test('the token of its account, however it is mounted', () => {
    const { spec } = pod()
    expect(spec).toMatchObject({ automountServiceAccountToken: false })
    expect(spec.volumes).toStrictEqual([
      { name: 'config', configMap: { name: 'web' } },
      { name: 'both', projected: { sources: [{ configMap: { name: 'web' } }] } },
    ])
    expect(containerOf(pod()).volumeMounts?.map(({ name }) => name)).toStrictEqual(['config', 'both'])
  })

  test('metadata of any other sort', () => {
    const { metadata, spec } = aWorkload()
    const more = { name: 'web-0', finalizers: ['example.com/hold'], ownerReferences: [{ uid: 'x' }] }
    const source = { metadata: { ...metadata, ...more, generateName: 'web-' }, spec }
    expect(pod({ source }).metadata).toStrictEqual(pod().metadata)
  })

  test('and annotations that are read as ours', () => {
    const source = aWorkload()
    const annotations = { 'access.sallyport.dev/request': 'other', 'access.sallyport.dev/x': 'y' }
    expect(pod({ source: { ...source, metadata: { annotations } } }).metadata.annotations).toStrictEqual({
      'kubectl.kubernetes.io/default-container': 'logs',
      'access.sallyport.dev/request': 'look',
    })
  })
})

describe('what is kept by name stays:', () => {
  const source = aWorkload()
  test.each(['hostname', 'subdomain', 'priorityClassName', 'readinessGates', 'topologySpreadConstraints'] as const)(
    '%s',
    (field) => {
      expect(mutated({ keep: [field] }).spec[field]).toStrictEqual(source.spec[field])
      expect(mutated({ keep: ['lifecycle'] }).spec).not.toHaveProperty(field)
    },
  )

  test.each(['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const)('%s', (field) => {
    expect(containerOf(mutated({ keep: [field] }))[field]).toStrictEqual(source.spec.containers[1]?.[field])
    expect(containerOf(mutated({ keep: ['hostname'] }))).not.toHaveProperty(field)
  })

  test('hooks, but not a pause before the end: there is a second for it', () => {
    const postStart = { exec: { command: ['warm-up'] } }
    const paused = aWorkload({ app: { lifecycle: { postStart, preStop: { sleep: { seconds: 5 } } } } })
    const kept = pod({ source: paused, shell: { mutate: { keep: ['lifecycle'] } } })
    expect(containerOf(kept)['lifecycle']).toStrictEqual({ postStart })
  })

  test('hostPorts, which is a danger', () => {
    const { pod: shell, dangers } = good({ shell: { mutate: { keep: ['hostPorts'] } } })
    expect(containerOf(shell, 'logs').ports).toStrictEqual(source.spec.containers[0]?.ports)
    expect(dangers).toStrictEqual(['spec.containers[0].ports has a hostPort: a port of the node'])
  })

  test('the service account, without and with its token', () => {
    expect(mutated({ keep: ['serviceAccountName'] }).spec).toMatchObject({
      serviceAccountName: 'web',
      automountServiceAccountToken: false,
    })
    const keep = ['serviceAccountName', 'automountServiceAccountToken'] as const
    const { spec } = mutated({ keep: [...keep] })
    expect(spec).not.toHaveProperty('automountServiceAccountToken')
    expect(spec.volumes).toStrictEqual(source.spec.volumes)
    expect(good({ shell: { mutate: { keep: [...keep] } } }).dangers).toStrictEqual([])
  })

  test('an account that the template itself names, and then it is a danger: it is no workload’s', () => {
    const shell: ShellAccess = { podTemplate: { ...source }, mutate: { keep: ['serviceAccountName'] } }
    const facts = { request: aRequest(), ask: undefined, secondsLeft: 60, running: new Map<never, never>() }
    const dangers = ["spec.serviceAccountName is web, which is neither the workload's nor default"]
    expect(shellPod(source, shell, facts)).toMatchObject({ ok: true, dangers })
  })

  test('the service account by its old name', () => {
    const { serviceAccountName, ...spec } = source.spec
    const old = { ...source, spec: { ...spec, serviceAccount: serviceAccountName } } as PodTemplate
    const kept = good({ source: old, shell: { mutate: { keep: ['serviceAccountName'] } } })
    expect(kept.pod.spec.serviceAccountName).toBe('web')
    expect(kept.pod.spec).not.toHaveProperty('serviceAccount')
    expect(kept.dangers).toStrictEqual([])
  })
})

describe('the container to enter is', () => {
  test.each<[string, PodTemplate, Partial<ShellAccess>, string]>([
    ['the one that the template names', aWorkload(), { container: 'logs' }, 'logs'],
    ['that of the annotation', aWorkload(), {}, 'app'],
    ['else the first', { spec: aWorkload().spec }, {}, 'logs'],
    [
      'the first where the annotation names none',
      { metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'x' } }, spec: aWorkload().spec },
      {},
      'logs',
    ],
  ])('%s', (_, source, shell, name) => {
    const { container: chosen, pod: shellOf } = good({ source, shell })
    expect(chosen).toBe(name)
    expect(shellOf.metadata.annotations).toMatchObject({ 'kubectl.kubernetes.io/default-container': name })
  })

  test('none that is not there', () => {
    expect(problems({ shell: { container: 'x' } })).toStrictEqual(['the pod has no container x; it has logs, app'])
    // An init container has ended by the time somebody comes.
    expect(problems({ shell: { container: 'prepare' } })).toHaveLength(1)
  })
})

describe('containers beside it', () => {
  test('stay, and of the init containers only a sidecar restarts', () => {
    const { containers, initContainers = [] } = pod().spec
    expect(containers.map(({ name }) => name)).toStrictEqual(['logs', 'app'])
    expect(initContainers).toStrictEqual([
      { name: 'prepare', image: 'shop/prepare:1', command: ['prepare'] },
      { name: 'mesh', image: 'shop/mesh:1', restartPolicy: 'Always' },
    ])
  })

  test('are dropped by name', () => {
    const { spec } = mutated({ dropContainers: ['logs', 'mesh', 'gone'] })
    expect(spec.containers.map(({ name }) => name)).toStrictEqual(['app'])
    expect(spec.initContainers?.map(({ name }) => name)).toStrictEqual(['prepare'])
    expect(mutated({ dropContainers: ['prepare', 'mesh'] }).spec).not.toHaveProperty('initContainers')
  })

  test('but not the one to enter', () => {
    expect(problems({ shell: { mutate: { dropContainers: ['app'] } } })).toStrictEqual([
      'mutate.dropContainers drops app, which is the container to enter',
    ])
  })
})

describe('a pod is not made with a label', () => {
  const text = (pair: string): string =>
    `the pod would have the label ${pair} of the pod template: a Service could send it traffic`
  test.each([
    ['of the workload', { tier: 'front' }, text('tier=front')],
    [
      'that finds one pod of a StatefulSet',
      { 'statefulset.kubernetes.io/pod-name': 'web-0' },
      text('statefulset.kubernetes.io/pod-name=web-0'),
    ],
    ['of a ReplicaSet', { 'pod-template-hash': '1' }, text('pod-template-hash=1')],
    [
      'that is ours',
      { 'access.sallyport.dev/request-uid': 'x' },
      'metadata.labels sets access.sallyport.dev/request-uid, which only Sallyport may set: leave it out',
    ],
    [
      'that says that it is ours',
      { 'app.kubernetes.io/managed-by': 'helm' },
      'metadata.labels sets app.kubernetes.io/managed-by, which only Sallyport may set: leave it out',
    ],
  ])('%s', (_, labels, problem) => {
    expect(problems({ shell: { mutate: { labels } } })).toStrictEqual([problem])
    const jsonPatch = Object.entries(labels).map(([key, value]) => {
      return { op: 'add' as const, path: `/metadata/labels/${key.replace('/', '~1')}`, value }
    })
    expect(problems({ shell: { mutate: { jsonPatch } } })).toStrictEqual([problem])
    const all = [{ op: 'add' as const, path: '/metadata/labels', value: labels }]
    expect(problems({ shell: { mutate: { jsonPatch: all } } })).toStrictEqual([problem])
  })

  test('that the workload took from us', () => {
    const { spec } = aWorkload()
    const labels = { 'app.kubernetes.io/managed-by': 'sallyport' }
    expect(problems({ source: { metadata: { labels }, spec } })).toStrictEqual([
      text('app.kubernetes.io/managed-by=sallyport'),
    ])
  })

  test("of the access's own podTemplate either", () => {
    const podTemplate = aWorkload()
    const shell: ShellAccess = { podTemplate: { ...podTemplate }, mutate: { labels: { app: 'web' } } }
    const facts = { request: aRequest(), ask: undefined, secondsLeft: 60, running: new Map<never, never>() }
    expect(shellPod(podTemplate, shell, facts)).toStrictEqual({ ok: false, problems: [text('app=web')] })
  })
})

describe('images', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const running = new Map([
    ['app', { image: 'shop/web:1', imageID: `docker.io/shop/web@${digest}` }],
    ['logs', { image: 'shop/logs:1', imageID: digest }],
    ['prepare', { image: 'shop/prepare:1', imageID: `docker.io/shop/prepare@${digest}` }],
  ])

  test('are pinned to what the workload runs, of every container where that is known', () => {
    const { pod: shell, image } = good({ facts: { running } })
    expect(image).toStrictEqual({ pinned: true, image: `docker.io/shop/web@${digest}` })
    expect(containerOf(shell).image).toBe(`docker.io/shop/web@${digest}`)
    expect(containerOf(shell, 'prepare').image).toBe(`docker.io/shop/prepare@${digest}`)
    expect(containerOf(shell, 'logs').image).toBe('shop/logs:1')
    expect(containerOf(shell, 'mesh').image).toBe('shop/mesh:1')
  })

  test('or the reason is told', () => {
    expect(good({ facts: { running }, shell: { container: 'logs' } }).image).toStrictEqual({
      pinned: false,
      image: 'shop/logs:1',
      why: 'the node has no digest of a registry for it',
    })
  })

  test('that the patch chose stay', () => {
    const jsonPatch = [{ op: 'replace' as const, path: '/spec/containers/1/image', value: 'shop/tools:1' }]
    const { pod: shell, image } = good({ facts: { running }, shell: { mutate: { jsonPatch } } })
    expect(containerOf(shell).image).toBe('shop/tools:1')
    expect(image).toMatchObject({ pinned: false })
  })
})
