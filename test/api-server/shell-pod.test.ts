import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ShellAccess } from '../../src/api/kinds/access/shell-access.ts'
import type { ShellMutation } from '../../src/api/kinds/access/shell-mutation.ts'
import { checkPodTemplate, type PodTemplate } from '../../src/api/pod-template.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { shellPod, type ShellPod } from '../../src/provision/shell/shell-pod.ts'
import { refusal } from '../fixtures/api-client.ts'
import { aRequest } from '../fixtures/example-access.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { openScene, type Scene } from './this-cluster.ts'
import { agentDaemonSet, databaseStatefulSet, reportJob, webDeployment, type Workload } from './workloads.ts'

// Nothing is stored. The API server fills in a workload, and we make a pod from it. Then the API server says what it
// thinks of the pod, naming every field.

let scene: Scene

beforeAll(async () => {
  scene = await openScene('shell-pod')
  const { admin, namespace } = scene
  await admin.create(resources.ServiceAccount, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'web', namespace },
  })
  await waitUntil({ what: 'the default ServiceAccount', deadlineMs: 15_000 }, async () => {
    return (await admin.get(resources.ServiceAccount, { namespace, name: 'default' })) !== undefined
  })
})
afterAll(async () => {
  await scene.close()
})

async function dryRun<T>(resource: Parameters<typeof pathOf>[0], object: object): Promise<T> {
  const query = { dryRun: 'All', fieldValidation: 'Strict' }
  const path = pathOf(resource, { namespace: scene.namespace })
  return (await scene.admin.call(path, { method: 'POST', query, body: object })) as T
}

/** Returns a workload's pod template as the API server serves it: with all defaults. */
async function served({ plural, ...workload }: Workload): Promise<PodTemplate> {
  const resource = { ...workload, plural, namespaced: true }
  const { spec } = await dryRun<{ spec: { template: unknown } }>(resource, { ...workload, metadata: { name: 'w' } })
  return templateOf(spec.template)
}

function templateOf(value: unknown): PodTemplate {
  const checked = checkPodTemplate(value)
  if (!checked.ok) throw new Error(checked.problems.join('; '))
  return checked.value
}

type Good = Extract<ShellPod, { ok: true }>

function made(source: PodTemplate, shell: Partial<ShellAccess> = {}, ask?: Record<string, string>): Good {
  const facts = {
    request: aRequest({}, { namespace: scene.namespace, uid: '0e7f8a3c-1b9d-4f7e-9a55-0c1d2e3f4a5b' }),
    ask: { resources: ask ?? {} },
    secondsLeft: 1_800,
    running: new Map<never, never>(),
  }
  const result = shellPod(source, { from: { kind: 'Deployment', name: 'web' }, ...shell }, facts)
  if (!result.ok) throw new Error(result.problems.join('; '))
  return result
}

interface Pod {
  readonly metadata: { readonly labels: object }
  readonly spec: PodTemplate['spec']
}

const accepted = (pod: Good): Promise<Pod> => dryRun(resources.Pod, pod.pod)

describe.each([
  ['a Deployment', webDeployment, []],
  ['a StatefulSet', databaseStatefulSet, []],
  [
    'a DaemonSet',
    agentDaemonSet,
    [
      'spec.hostPID is set: the pod would share a namespace of the node',
      'spec.volumes[0].hostPath (root) gives files of the node',
      'spec.containers[0].securityContext.privileged is set: the container would have power over the node',
    ],
  ],
  ['a Job', reportJob, []],
] as const)('a pod made after %s', (_, workload, dangers) => {
  test('is one for the API server, and its dangers are the workload’s', async () => {
    const shell = made(await served(workload))
    const { metadata, spec } = await accepted(shell)
    expect(shell.dangers).toEqual(dangers)
    expect(Object.keys(metadata.labels).toSorted()).toEqual([
      'access.sallyport.dev/request-uid',
      'app.kubernetes.io/managed-by',
    ])
    expect(spec).toMatchObject({
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      activeDeadlineSeconds: 1_801,
      serviceAccountName: 'default',
      automountServiceAccountToken: false,
    })
    expect(JSON.stringify(spec)).not.toMatch(/serviceAccountToken":\{|hostPort|Probe|readinessGates|resizePolicy/)
  })
})

test('a pod made after a live pod has neither its token nor its node', async () => {
  const { spec } = await served(webDeployment)
  const live = await dryRun<object>(resources.Pod, {
    metadata: { name: 'web-0', labels: { app: 'web' } },
    spec,
    ...pod,
  })
  const source = templateOf({ ...live, spec: { ...templateOf(live).spec, nodeName: 'node-0' } })
  expect(JSON.stringify(source)).toContain('/var/run/secrets/kubernetes.io/serviceaccount')
  const { spec: shell } = await accepted(made(source))
  expect(JSON.stringify(shell)).not.toMatch(/"serviceAccountToken"|node-0/)
})
const pod = { apiVersion: 'v1', kind: 'Pod' }

describe('each mutation gives a pod that the API server takes:', () => {
  const mutations: readonly [string, ShellMutation, object][] = [
    [
      'all that can be kept of probes and hooks',
      { keep: ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] },
      {
        containers: [
          {
            livenessProbe: { httpGet: { path: '/healthz' } },
            readinessProbe: {},
            startupProbe: {},
            lifecycle: { postStart: { exec: { command: ['warm-up'] } } },
          },
          {},
        ],
      },
    ],
    [
      'where it is placed',
      { keep: ['topologySpreadConstraints', 'readinessGates'] },
      { topologySpreadConstraints: [{ topologyKey: 'zone' }], readinessGates: [{}] },
    ],
    [
      'its account and token',
      { keep: ['serviceAccountName', 'automountServiceAccountToken'] },
      {
        serviceAccountName: 'web',
        volumes: [{}, { name: 'cloud' }, { name: expect.stringMatching(/^kube-api-access/) }],
      },
    ],
    [
      'the command and its variables',
      {
        command: ['sleep', 'infinity'],
        env: [
          { name: 'LOG', value: 'debug' },
          { name: 'SECRET', valueFrom: { secretKeyRef: { name: 'web', key: 'k', optional: true } } },
        ],
      },
      {
        containers: [
          {
            command: ['sleep', 'infinity'],
            env: [{ name: 'LOG', value: 'debug' }, { name: 'POD' }, { name: 'SECRET' }],
          },
          {},
        ],
      },
    ],
    [
      'resources, numbers among them',
      { resources: { requests: { cpu: 1 }, limits: { cpu: '1500m', 'ephemeral-storage': '1Gi' } } },
      {
        containers: [
          { resources: { requests: { cpu: '1' }, limits: { cpu: '1500m', 'ephemeral-storage': '1Gi' } } },
          {},
        ],
      },
    ],
    [
      'a place of its own',
      {
        purge: ['tolerations', 'affinity', 'annotations'],
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ key: 'shell', operator: 'Equal', value: 'yes', effect: 'NoExecute', tolerationSeconds: 60 }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
            },
          },
        },
        labels: { team: 'ops' },
        annotations: { 'example.com/why': 'debugging' },
      },
      { nodeSelector: { disk: 'ssd' }, affinity: { nodeAffinity: {} } },
    ],
    [
      'fewer containers',
      { dropContainers: ['logs', 'migrate', 'mesh'] },
      { containers: [{ name: 'app', args: ['--port=8080'] }] },
    ],
    [
      'any patch',
      {
        jsonPatch: [
          { op: 'test', path: '/spec/containers/0/name', value: 'app' },
          { op: 'add', path: '/spec/containers/0/stdin', value: true },
          { op: 'replace', path: '/spec/containers/0/image', value: 'example.com/tools:1' },
          { op: 'copy', from: '/spec/containers/0/env', path: '/spec/containers/1/env' },
          { op: 'move', from: '/spec/volumes/0/configMap', path: '/spec/volumes/0/secret' },
          { op: 'remove', path: '/spec/volumes/0/secret/name' },
          { op: 'add', path: '/spec/volumes/0/secret/secretName', value: 'web' },
        ],
      },
      {
        containers: [{ stdin: true, image: 'example.com/tools:1' }, { env: [{ name: 'LOG' }, { name: 'POD' }] }],
        volumes: [{ secret: { secretName: 'web' } }],
      },
    ],
  ]
  test.each(mutations)('%s', async (_, mutate, expected) => {
    const shell = made(await served(webDeployment), { mutate })
    expect(shell.dangers).toEqual([])
    expect((await accepted(shell)).spec).toMatchObject(expected)
  })

  test('the name in the DNS', async () => {
    const shell = made(await served(databaseStatefulSet), { mutate: { keep: ['hostname', 'subdomain'] } })
    const expected = { hostname: 'database', subdomain: 'database', setHostnameAsFQDN: true }
    expect((await accepted(shell)).spec).toMatchObject(expected)
  })

  test('ports of the node', async () => {
    const { spec } = await accepted(made(await served(agentDaemonSet), { mutate: { keep: ['hostPorts'] } }))
    expect(spec.containers[0]?.ports).toMatchObject([{ hostPort: 9100 }])
  })

  test('what the request asks for', async () => {
    const limits = { cpu: 2, memory: '1Gi', 'ephemeral-storage': '1Gi' }
    const ask = { cpu: '1.5', memory: '1024Mi', 'ephemeral-storage': '1e9' }
    const { spec } = await accepted(made(await served(webDeployment), { limits }, ask))
    const amounts = { cpu: '1500m', memory: '1Gi', 'ephemeral-storage': '1e9' }
    expect(spec.containers[0]).toMatchObject({ resources: { requests: amounts, limits: amounts } })
  })

  test('a template of its own', async () => {
    const podTemplate = { spec: { containers: [{ name: 'tools', image: 'example.com/tools:1', tty: true }] } }
    const { from, ...shell } = { from: undefined, podTemplate }
    const result = shellPod(podTemplate, shell, {
      request: aRequest({}, { namespace: scene.namespace }),
      ask: from,
      secondsLeft: 60,
      running: new Map<never, never>(),
    })
    if (!result.ok) throw new Error(result.problems.join('; '))
    expect((await accepted(result)).spec.containers).toMatchObject([{ name: 'tools', tty: true }])
  })
})

test('a pod with a field that nobody knows is refused, so these tests would see one', async () => {
  const { pod: shell } = made(await served(webDeployment))
  const misspelt = { ...shell, spec: { ...shell.spec, activeDeadlineSecond: 1 } }
  expect(await refusal(dryRun(resources.Pod, misspelt))).toContain('unknown field "spec.activeDeadlineSecond"')
})
