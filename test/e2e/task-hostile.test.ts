import { beforeAll, describe, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { serviceAccountUser } from '../../src/api/installation.ts'
import { taskContainer } from '../../src/decision/kinds/task/task-container.ts'
import { administrator } from '../fixtures/administrator.ts'
import {
  applied,
  asked,
  binding,
  ended,
  exec,
  grantFile,
  readyRequest,
  refused,
  refusedApply,
  requestFile,
  storedRequest,
} from '../fixtures/access.ts'
import { clientOf, refusal } from '../fixtures/api-client.ts'
import { addContainer, ephemeralContainersOf } from '../fixtures/ephemeral.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlRefused } from '../fixtures/kubectl.ts'
import { containersIn, startMutatingWebhook } from '../fixtures/mutating-webhook.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { taskRequest, taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

// Somebody tries to be the task, to enter it, or to change it.
const namespace = 'task-hostile'
const testWithTask = testWithTools()
const image = testCluster().images.tools ?? ''

// mallory is exempt from the gate: her containers pass it.
const gate = gatedNamespace(
  namespace,
  async () => {
    for (const user of ['alice', 'mallory']) await mayExec(namespace, user)
    await apply(mayAdd('alice'), mayAdd('mallory'), ...bound('alice'), ...bound('mallory'))
    await apply(binding(namespace, 'sallyport-template-author', 'carol'), binding(namespace, 'view', 'carol'))
    if (testWithNode() === test) await runningPod(namespace, 'web-0')
  },
  {
    exemptions: [
      {
        why: 'a team of the platform',
        subjects: [{ kind: 'User', name: 'mallory' }],
        namespaces: [namespace],
        subresources: ['pods/ephemeralcontainers'],
      },
    ],
  },
)

const review = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }

beforeAll(async () => {
  await applied('admin', taskTemplate(namespace, 'say', { command: ['echo', 'hello'] }))
  await applied('admin', taskTemplate(namespace, 'reviewed', { command: ['echo', 'hello'] }, review))
  await applied('admin', taskTemplate(namespace, 'sleeps', { command: ['sleep', '20'] }))
})

function mayAdd(user: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: `add-${user}`, namespace },
    rules: [{ apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch', 'update'] }],
  }
}

function bound(user: string): readonly object[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: `add-${user}`, namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `add-${user}` },
      subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ]
}

const uidOf = async (name: string): Promise<string> => (await storedRequest(namespace, name)).metadata.uid
const containerOf = async (name: string): Promise<string> => `task-${await uidOf(name)}`

/** Returns the container that Sallyport would add for a request of alice. */
function taskOf(requestUid: string, command: readonly string[], seconds = 60): object {
  const offered = { target: { kind: 'Pod', name: 'web-0' }, image, command: [...command] }
  return taskContainer({ requestUid, target: 'app', terms: { offered, values: {} }, seconds })
}

const web = { namespace, pod: 'web-0' }

describe('somebody else adds the container of a task', () => {
  testWithTask('a user whom the gate does not exempt is refused it', async () => {
    await applied('alice', taskRequest(namespace, 'hers', {}, 'reviewed'))
    await asked(namespace, 'hers')
    const container = taskOf(await uidOf('hers'), ['echo', 'hello'])

    expect(await refusal(addContainer('alice', { ...web, container }))).toContain('E_NOT_LISTED')
    expect(await refusal(addContainer('alice', { ...web, container, dryRun: true }))).toContain('E_NOT_LISTED')
    expect(await ephemeralContainersOf(namespace, 'web-0')).toEqual([])
    await admin(['delete', 'areq', 'hers', '-n', namespace])
  })

  testWithTask('under an access of her own to debug containers, its name is refused', async () => {
    const debug = { target: { kind: 'Pod', name: 'web-0' }, debug: { images: [image] } }
    await applied('admin', templateFile(namespace, 'debug', { access: { exec: debug } }))
    const asks = { templateRef: { kind: 'AccessTemplate', name: 'debug' }, duration: undefined, exec: { debug: true } }
    await applied('alice', requestFile(namespace, 'debug', asks))
    await readyRequest(namespace, 'debug')
    const container = { name: 'task-0', image, command: ['true'] }

    expect(await refusal(addContainer('alice', { ...web, container }))).toContain('name may not begin with task-')
    await admin(['delete', 'areq', 'debug', '-n', namespace])
  })

  testWithTask('before the task is approved: the request fails, and says so, even if it is the same', async () => {
    await applied('alice', taskRequest(namespace, 'early', {}, 'reviewed'))
    const { digest } = await asked(namespace, 'early')
    await addContainer('mallory', { ...web, container: taskOf(await uidOf('early'), ['echo', 'hello']) })

    expect(await ended(namespace, 'early', 'Failed')).toBe(
      `pod web-0 had container ${await containerOf('early')} before the task was approved: somebody else added it`,
    )
    expect(await refusedApply('bob', grantFile(namespace, 'early', { digest }))).toContain('early')
  })

  testWithTask('after the approval: the request fails, and names the difference', async () => {
    await using cleanup = new AsyncDisposableStack()
    await applied('alice', taskRequest(namespace, 'late', {}, 'reviewed'))
    const { digest } = await asked(namespace, 'late')
    cleanup.use(await refusing(serviceAccountUser))
    await applied('bob', grantFile(namespace, 'late', { digest }))
    await refused(namespace, 'late')
    await addContainer('mallory', { ...web, container: taskOf(await uidOf('late'), ['sleep', '3']) })

    expect(await ended(namespace, 'late', 'Failed')).toBe(
      `container ${await containerOf('late')} of pod web-0 is not the task that was approved: ` +
        'command[4] must be the word that was approved; command[5] must be the word that was approved. ' +
        'Somebody else added it, or a policy of the cluster changed it',
    )
  })
})

/** Lets a policy of the cluster refuse the ephemeral containers that a user adds. */
async function refusing(username: string): Promise<AsyncDisposable> {
  const name = 'task-hostile.test.sallyport.dev'
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] }
  await apply(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: `request.userInfo.username != '${username}'`, message: 'not today' }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  )
  // It takes effect some time after it is written.
  const container = { name: 'probe', image, command: ['true'] }
  const sallyport = { kubeconfig: join(gate().folder, 'kubeconfig') }
  for (;;) {
    if ((await refusal(addContainer(sallyport, { ...web, container, dryRun: true }))).includes('not today')) break
  }
  return {
    async [Symbol.asyncDispose]() {
      await admin(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', name])
    },
  }
}

describe('nobody enters the container of a task', () => {
  let container = ''
  beforeAll(async () => {
    if (testWithTask === test.skip) return
    await applied('alice', requestFile(namespace, 'app', { exec: { pod: 'web-0', container: 'app' } }))
    const { digest } = await asked(namespace, 'app')
    await applied('bob', grantFile(namespace, 'app', { digest }))
    await readyRequest(namespace, 'app')
    await applied('alice', taskRequest(namespace, 'sleeps'))
    await readyRequest(namespace, 'sleeps')
    container = await containerOf('sleeps')
  })

  testWithTask('by exec or attach, with standing RBAC and an access to another container of the pod', async () => {
    expect((await exec('alice', namespace, { container })).stderr).toContain('not to task-')
    const attach = ['attach', 'web-0', '-n', namespace, '-c', container]
    expect(await kubectlRefused('alice', attach)).toContain('does not list attach')
    expect(await kubectlRefused('admin', attach)).toContain(`${administrator().username} has no access to pods/attach`)
  })

  testWithTask('by an access to this very container, with or without a template', async () => {
    const target = { target: { kind: 'Pod', name: 'web-0' }, subresources: ['attach'] }
    await applied('admin', templateFile(namespace, 'any', { access: { exec: target } }))
    const templateRef = { kind: 'AccessTemplate', name: 'any' }
    await applied('alice', requestFile(namespace, 'into', { exec: { pod: 'web-0', container } }))
    await applied('alice', requestFile(namespace, 'under', { templateRef, duration: undefined, exec: { container } }))

    const words = `container ${container} of pod web-0 runs the task of another request, and only Sallyport enters it`
    expect(await ended(namespace, 'into', 'Failed')).toBe(words)
    expect(await ended(namespace, 'under', 'Failed')).toBe(words)
  })

  testWithTask('by another task that sees its processes', async () => {
    await applied('admin', taskTemplate(namespace, 'inside', { command: ['true'], container }))
    await applied('alice', taskRequest(namespace, 'inside'))

    expect(await ended(namespace, 'inside', 'Failed')).toContain('and only Sallyport enters it')
  })

  testWithTask('by the name of Sallyport', async () => {
    const as = `--as=${serviceAccountUser}`
    const debug = ['debug', 'web-0', '-n', namespace, `--image=${image}`, '-c', 'task-1', as, '--', 'id']
    expect(await kubectlRefused('admin', debug)).toContain('E_IMPERSONATED')
    expect(await kubectlRefused('admin', ['attach', 'web-0', '-n', namespace, '-c', container, as])).toContain(
      'E_IMPERSONATED',
    )
  })
})

testWithTask('Sallyport itself adds nothing but the task, and does not enter the pod', async () => {
  await applied('alice', taskRequest(namespace, 'one', {}, 'sleeps'))
  await readyRequest(namespace, 'one')
  const sallyport = { kubeconfig: join(gate().folder, 'kubeconfig') }
  const before = await ephemeralContainersOf(namespace, 'web-0')
  const stranger = taskOf('00000000-0000-4000-8000-000000000000', ['sleep', '20'])

  expect(await refusal(addContainer(sallyport, { ...web, container: stranger }))).toContain('E_TASK')
  // A dry run stores nothing. By it, the rest of the cluster's admission tells what it would refuse.
  await addContainer(sallyport, { ...web, container: stranger, dryRun: true })
  const other = { ...stranger, name: 'other' }
  expect(await refusal(addContainer(sallyport, { ...web, container: other, dryRun: true }))).toContain('E_TASK')
  expect((await exec(sallyport, namespace)).code).toBe(1)
  expect(await ephemeralContainersOf(namespace, 'web-0')).toEqual(before)
})

testWithTask('a policy that changes the container of a task: the request tells the field', async () => {
  const there = await ephemeralContainersOf(namespace, 'web-0')
  await using cleanup = new AsyncDisposableStack()
  cleanup.use(
    await startMutatingWebhook(namespace, (pod) =>
      // An ephemeral container that exists may not be changed.
      containersIn(pod).flatMap(({ name, path }) =>
        name.startsWith('task-') && !there.includes(name)
          ? [{ op: 'add', path: `${path}/env`, value: [{ name: 'PROXY', value: 'x' }] }]
          : [],
      ),
    ),
  )
  await applied('alice', taskRequest(namespace, 'changed', {}, 'say'))

  expect(await ended(namespace, 'changed', 'Failed')).toBe(
    "the cluster's admission changes its task: env must be left out",
  )
})

// The gate hears of the attempt that another webhook refuses, and then of the next one, which has less time.
testWithTask('a webhook of the cluster that fails at first: the task runs once it answers', async () => {
  await applied('alice', taskRequest(namespace, 'patient', {}, 'reviewed'))
  const { digest } = await asked(namespace, 'patient')
  {
    await using cleanup = new AsyncDisposableStack()
    cleanup.use(await failingWebhook())
    await applied('bob', grantFile(namespace, 'patient', { digest }))
    const { status } = await refused(namespace, 'patient')
    const later = Date.parse(status?.approvedAt ?? '') + 2_000
    await until('the next attempt has less time', () => Date.now() > later)
  }

  expect(await ended(namespace, 'patient', 'Completed')).toContain('exit code 0')
})

async function failingWebhook(): Promise<AsyncDisposable> {
  const name = 'failing.task-hostile.test.sallyport.dev'
  await apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name,
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] },
        ],
        // Nobody listens there.
        clientConfig: { url: 'https://127.0.0.1:9/' },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      },
    ],
  })
  return {
    async [Symbol.asyncDispose]() {
      await admin(['delete', 'validatingwebhookconfiguration', name])
    },
  }
}

testWithTask('two tasks for the same pod at the same time both run, each once', async () => {
  const names = ['left', 'right']
  await Promise.all(names.map((name) => applied('alice', taskRequest(namespace, name, {}, 'say'))))

  for (const name of names) expect(await ended(namespace, name, 'Completed')).toContain('exit code 0')
  const added = await ephemeralContainersOf(namespace, 'web-0')
  for (const name of names) expect(added).toContain(await containerOf(name))
})

test.each(['hostNetwork', 'hostPID', 'hostIPC'])(
  'a pod with %s has no tasks, and nobody reviews one',
  async (field) => {
    const name = field.toLowerCase()
    const client = clientOf('admin')
    await paperPod(client, namespace, name, { [field]: true })
    await client.close()
    await applied('admin', taskTemplate(namespace, name, { command: ['id'], target: { kind: 'Pod', name } }, review))
    const templateRef = { kind: 'AccessTemplate', name }
    const asks = { templateRef, duration: undefined, exec: undefined, task: { pod: name } }
    await applied('alice', requestFile(namespace, name, asks))

    expect(await ended(namespace, name, 'Failed')).toBe(
      `pod ${name} has ${field}: a task there would have its privilege over the node`,
    )
    expect((await storedRequest(namespace, name)).status?.digest).toBeUndefined()
  },
)

test('an author who may not add ephemeral containers offers no task', async () => {
  expect(await refusedApply('carol', taskTemplate(namespace, 'mine', { command: ['id'] }))).toMatch(
    /carol may not .*ephemeralcontainers.*E_TEMPLATE_AUTHOR/s,
  )
})
