import { beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { installation, serviceAccountUser } from '../../src/api/installation.ts'
import { accessRecordKind, debugRecordName } from '../../src/api/kinds/access-record.ts'
import { accessTemplateKind } from '../../src/api/kinds/access-template.ts'
import { accessPassKind, type AccessPass } from '../../src/api/kinds/access-pass.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { pathOf, type KubeObject } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { isFinished } from '../../src/decision/phase.ts'
import { passName } from '../../src/decision/pod/pass-name.ts'
import { statusFault, type ProxiedRequest } from '../faults/fault.ts'
import { faultGround } from '../faults/ground.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { writesOf, type Hold, type Write } from '../faults/request-writes.ts'
import { applied } from '../fixtures/access.ts'
import { patch, refusal } from '../fixtures/api-client.ts'
import { addContainer, ephemeralContainersOf } from '../fixtures/ephemeral.ts'
import { freeLease } from '../fixtures/lease.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { isReady, type People } from '../fixtures/people.ts'
import type { Replica } from '../fixtures/replica.ts'
import { taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { testCluster } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

// The controller dies while it begins a task, while the task runs, or while it tells the end.
const namespace = 'task-crash'
const testWithTask = testWithTools()

let proxy: FaultProxy
let people: People
let replica: Replica

const ground = faultGround(namespace)
beforeAll(async () => {
  people = ground().people
  proxy = ground().proxy
  replica = await ground().serve()
})

// A loaded machine is slow.
const withinMs = 60_000
const review = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }

/** Makes a pod, and a template of a task for it. All have the name of the request. */
async function offer(name: string, command: readonly string[], spec: object = review): Promise<void> {
  await runningPod(namespace, name)
  await applied('admin', taskTemplate(namespace, name, { command, target: { kind: 'Pod', name } }, spec))
}

function asksFor(name: string, spec: object = {}): Promise<void> {
  const templateRef = { kind: 'AccessTemplate', name }
  return people.ask(name, { templateRef, duration: undefined, exec: undefined, task: {}, ...spec })
}

/** Offers a task that nobody reviews, asks for it, and resolves once it runs. */
async function running(name: string, command: readonly string[], spec: object = {}): Promise<AccessRequest> {
  await offer(name, command, {})
  await asksFor(name, spec)
  return people.chronicle.when(name, 'is ready', isReady)
}

async function kill(): Promise<void> {
  replica.signal('SIGKILL')
  await replica.ended
  proxy.startAfresh()
}

async function restart(): Promise<void> {
  await freeLease()
  replica = await ground().serve()
}

const over = (name: string): Promise<AccessRequest> => people.chronicle.when(name, 'is over', isFinished)

interface SeenPod extends KubeObject {
  readonly spec: { readonly ephemeralContainers?: readonly { readonly name: string }[] }
  readonly status: {
    readonly containerStatuses: readonly SeenContainer[]
    readonly ephemeralContainerStatuses?: readonly SeenContainer[]
  }
}

interface SeenContainer {
  readonly name: string
  readonly restartCount: number
  readonly state: { readonly terminated?: object; readonly running?: object }
}

async function podOf(name: string): Promise<SeenPod> {
  return (await people.admin.call(pathOf(resources.Pod, { namespace, name }))) as SeenPod
}

/** Waits until the node tells that the task has ended. */
async function taskEnded(name: string): Promise<void> {
  await until(
    `the task of ${name} has ended`,
    async () => (await podOf(name)).status.ephemeralContainerStatuses?.every(({ state }) => state.terminated),
    withinMs,
  )
}

/** The task ran at most once, and the pod went on. */
async function expectOneTask(name: string): Promise<void> {
  const uid = people.chronicle.of(name)[0]?.metadata.uid ?? ''
  const { spec, status } = await podOf(name)
  const added = (spec.ephemeralContainers ?? []).map((one) => one.name)
  const restarts = [...status.containerStatuses, ...(status.ephemeralContainerStatuses ?? [])].map(
    ({ restartCount }) => restartCount,
  )
  expect({ name, added, restarts }).toEqual({ name, added: [`task-${uid}`], restarts: [0, 0] })
}

async function untilNothingIsLeft(name: string): Promise<void> {
  await until(
    `nothing is left of ${name}`,
    async () => {
      const pass = (await people.admin.get(accessPassKind, {
        namespace,
        name: passName(serviceAccountUser, name),
      })) as AccessPass | undefined
      // For an hour, the pass still says how the request ended.
      return (await people.rbac(name)).length === 0 && (pass?.spec.requests ?? []).length === 0
    },
    withinMs,
  )
}

const status = (says: string): Write => ({ what: 'PATCH accessrequests/status', nth: 1, says })

/** The writes in the life of a task. */
const moments: Readonly<Record<string, Write>> = {
  found: status('"TargetResolved"'),
  approved: status('"approvedAt"'),
  role: { what: 'PATCH roles', nth: 1 },
  pass: { what: 'PATCH accesspasses', nth: 1 },
  'pass-with-grant': { what: 'PATCH accesspasses', nth: 2 },
  binding: { what: 'PATCH rolebindings', nth: 1 },
  claim: { what: 'POST accessrecords', nth: 1 },
  tried: { what: 'PATCH pods/ephemeralcontainers', nth: 1 },
  begin: { what: 'PATCH pods/ephemeralcontainers', nth: 2 },
  active: status('"Active"'),
  noted: status('"outputSHA256"'),
  told: status('"Completed"'),
  'binding-gone': { what: 'DELETE rolebindings', nth: 1 },
  'role-gone': { what: 'DELETE roles', nth: 1 },
  'pass-at-the-end': { what: 'PATCH accesspasses', nth: 3 },
}

interface Victim {
  readonly name: string
  readonly dies: Hold
}

const isNight = process.env['SALLYPORT_EACH_CRASH'] !== undefined
// A controller works on eight requests at once. One place must stay free for the requests that are not held yet.
const heldAtOnce = 7

function victims(): readonly Victim[] {
  return Object.entries(moments).flatMap(([moment, atWrite], index) =>
    [false, true]
      .filter((reached) => isNight || reached === (index % 2 === 1))
      .map((reached) => ({ name: `${moment}-${reached ? 'after' : 'before'}`, dies: { atWrite, reached } })),
  )
}

/** Starts all requests at once. Once each is held at its write, the controller is killed, and another takes over. */
async function liveAndDie(group: readonly Victim[]): Promise<void> {
  await Promise.all(group.map(({ name }) => offer(name, ['echo', name])))
  const counter = writesOf(new Map(group.map(({ name, dies }) => [name, dies])))
  proxy.onRequest(counter.rule)
  const lived = group.map(async ({ name }) => {
    await asksFor(name)
    await people.grant(name)
  })
  await until('all are held', () => counter.free().length === 0, withinMs).catch((error: unknown) => {
    throw new Error(`not held: ${counter.free().join('; ')}`, { cause: error })
  })
  await kill()
  await restart()
  await Promise.all(lived)
  for (const { name } of group) {
    const { status: end } = await over(name)
    expect({ name, ...end }).toMatchObject({
      name,
      phase: 'Completed',
      message: expect.stringMatching(/^its task ended with exit code 0; its output has \d+ bytes and SHA-256 /),
      task: { exitCode: 0, output: `${name}\n`, outputBytes: name.length + 1 },
    })
    await expectOneTask(name)
    await untilNothingIsLeft(name)
  }
}

testWithTask(
  'killed at any write of the life of a task: the task runs once, and its result is told',
  async () => {
    const all = victims()
    for (let first = 0; first < all.length; first += heldAtOnce) await liveAndDie(all.slice(first, first + heldAtOnce))
  },
  600_000,
)

describe('while no controller runs', () => {
  testWithTask('a task ends: its result is told later', async () => {
    await running('unseen', ['sh', '-c', 'sleep 2; echo late; exit 3'])
    await kill()
    await taskEnded('unseen')
    await restart()

    expect((await over('unseen')).status).toMatchObject({
      phase: 'Failed',
      message: expect.stringMatching(/^its task ended with exit code 3; its output has 5 bytes/),
      task: { exitCode: 3, output: 'late\n' },
    })
    await expectOneTask('unseen')
    await untilNothingIsLeft('unseen')
  })

  testWithTask('a task ends, and its access, too: its exit code is told', async () => {
    // It gets five seconds less.
    const { status: begun } = await running('outlived', ['sh', '-c', 'sleep 2; exit 3'], { duration: '12s' })
    await kill()
    await taskEnded('outlived')
    await until('its time is over', () => Date.now() > Date.parse(begun?.expiresAt ?? ''), withinMs)
    await restart()

    expect((await over('outlived')).status).toMatchObject({
      phase: 'Expired',
      message: 'its time is over; its task had ended with exit code 3, and its output was not read',
      task: { exitCode: 3, outputProblem: 'the access ended before the output was read' },
    })
    await untilNothingIsLeft('outlived')
  })

  const podLogs = join(testCluster().dir, 'kubelet', 'pod-logs')
  const testWithLogs = testWithTask === test.skip || !existsSync(podLogs) ? test.skip : test
  testWithLogs('a task ends, and its node loses the log: the request says so', async () => {
    await running('lost', ['sh', '-c', 'sleep 2; echo gone'])
    await kill()
    await taskEnded('lost')
    const [folder = ''] = readdirSync(podLogs).filter((one) => one.startsWith(`${namespace}_lost_`))
    const [container = ''] = readdirSync(join(podLogs, folder)).filter((one) => one.startsWith('task-'))
    rmSync(join(podLogs, folder, container), { recursive: true })
    await restart()

    const { status: end } = await over('lost')
    expect(end).toMatchObject({
      phase: 'Completed',
      message: 'its task ended with exit code 0, and its output was not read',
    })
    expect(end?.task).toEqual({
      container,
      exitCode: 0,
      finishedAt: expect.any(String),
      outputProblem: expect.stringContaining('no such file or directory'),
    })
  })
})

describe('while a task runs', () => {
  testWithTask('its request is revoked: the request says that the task goes on', async () => {
    await running('revoked', ['sleep', '5'])
    await people.revoke('revoked')

    expect((await over('revoked')).status).toMatchObject({
      phase: 'Revoked',
      message:
        'alice revoked it: done; its task may still run, since Kubernetes cannot stop it before its deadline: ' +
        'delete pod revoked to stop it',
    })
    await expectOneTask('revoked')
    await untilNothingIsLeft('revoked')
  })

  testWithTask('its request is deleted: nothing of it is left', async () => {
    await running('deleted', ['sleep', '5'])
    await people.remove('deleted')

    await until('it is gone', () => people.chronicle.isGone('deleted'), withinMs)
    await untilNothingIsLeft('deleted')
    await expectOneTask('deleted')
  })

  testWithTask('its pod is deleted: the request says so', async () => {
    await running('podless', ['sleep', '20'])
    await people.admin.remove(resources.Pod, { namespace, name: 'podless' })

    const { status: end } = await over('podless')
    // It is also the workload of the template.
    expect(end).toMatchObject({ phase: 'Revoked', message: 'Pod podless is gone' })
    await untilNothingIsLeft('podless')
  })
})

testWithTask('the node does not answer at first: the output is read later', async () => {
  let failures = 0
  proxy.onRequest(({ path }) => {
    if (!path.endsWith('/pods/silent/log') || failures === 2) return undefined
    failures += 1
    return statusFault(500, 'InternalError')
  })
  await offer('silent', ['echo', 'heard'], {})
  await asksFor('silent')

  expect((await over('silent')).status).toMatchObject({ phase: 'Completed', task: { output: 'heard\n' } })
  expect(failures).toBe(2)
})

describe('an access ends while its task is being begun', () => {
  /** Returns the container that the controller tries to add. None of its tries reaches the API server. */
  async function begun(name: string): Promise<{ readonly name: string }> {
    const isBegin = ({ method, path, query }: ProxiedRequest): boolean =>
      method === 'PATCH' && path.endsWith(`/pods/${name}/ephemeralcontainers`) && !query.has('dryRun')
    proxy.startAfresh()
    proxy.onRequest((call) => (isBegin(call) ? { kind: 'silence' } : undefined))
    await paperPod(people.admin, namespace, name)
    const image = testCluster().images.tools ?? `none.example/tools@sha256:${'0'.repeat(64)}`
    // On paper, a pod is never ready.
    const template = taskTemplate(namespace, name, { image, command: ['id'], target: { kind: 'Pod', name } }, review)
    await applied('admin', template)
    await asksFor(name, { task: { pod: name } })
    await people.grant(name)
    const { body } = await until('the controller begins', () => proxy.requests.find(isBegin))
    const { spec } = JSON.parse(body) as { spec: { ephemeralContainers: [{ name: string }] } }
    return spec.ephemeralContainers[0]
  }
  const add = (pod: string, container: object, dryRun = false): Promise<unknown> =>
    addContainer({ kubeconfig: ground().installed.kubeconfig }, { namespace, pod, container, dryRun })

  test('until then, a dry run is let in, and leaves nothing', async () => {
    const container = await begun('dry')
    await add('dry', container, true)

    expect(await refusal(add('dry', { ...container, tty: true }))).toContain('tty must be left out (E_TASK)')
    expect(await ephemeralContainersOf(namespace, 'dry')).toEqual([])
    const pod = await people.admin.get(resources.Pod, { namespace, name: 'dry' })
    const record = debugRecordName(pod?.metadata.uid ?? '', container.name)
    const kept = await people.admin.get(accessRecordKind, { namespace: installation.namespace, name: record })
    expect(kept).toBeUndefined()
  })

  const template = (name: string): string => pathOf(accessTemplateKind, { namespace, name })
  test.each<[string, (name: string) => Promise<unknown>, RegExp]>([
    ['recalled', (name) => people.revoke(name), /alice revoked it|E_NOT_LISTED/],
    ['withdrawn', (name) => people.withdraw(name), /grant withdrawn of bob was withdrawn|E_NOT_LISTED/],
    ['removed', (name) => people.remove(name), /E_NOT_LISTED|E_ENDED/],
    [
      'changed',
      (name) =>
        patch(people.admin, accessTemplateKind, { metadata: { namespace, name } }, { spec: { description: 'x' } }),
      /AccessTemplate changed was changed|E_NOT_LISTED/,
    ],
    [
      'gone',
      (name) => people.admin.call(template(name), { method: 'DELETE' }),
      /AccessTemplate gone is gone|E_NOT_LISTED/,
    ],
  ])('%s: the gate refuses its container', async (name, end, words) => {
    const container = await begun(name)
    await end(name)

    expect(await refusal(add(name, container))).toMatch(words)
    expect(await ephemeralContainersOf(namespace, name)).toEqual([])
  })
})
