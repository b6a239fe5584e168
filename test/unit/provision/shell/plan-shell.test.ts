import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { ShellAccess } from '../../../../src/api/kinds/access/shell-access.ts'
import { checkPodTemplate, type PodTemplate } from '../../../../src/api/pod-template.ts'
import type { Pod } from '../../../../src/api/pod.ts'
import { providedName, requestUidLabel } from '../../../../src/api/provided-object.ts'
import type { Manifest } from '../../../../src/api/manifest.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import { isOnHearsay, type Plan } from '../../../../src/provision/facts/request-plan.ts'
import { podToRehearse } from '../../../../src/provision/shell/resolve-shell.ts'
import { otherThanApproved } from '../../../../src/provision/shell/admitted-pod.ts'
import { aPod, aRequest, at } from '../../../fixtures/example-access.ts'
import { aTemplate } from '../../../fixtures/example-template.ts'
import { aWorkload } from '../../../fixtures/example-workload.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const policy = { ...planPolicy, retentionMs: 86_400_000 }
const from = { kind: 'Deployment', name: 'web' }
const workload = { ...from, uid: 'deployment-1' }
const uid = 'request-1'
const name = providedName(uid)

const offering = (shell: Partial<ShellAccess> = {}) => aTemplate({ access: { shell: { from, ...shell } } })
const templateRef = { kind: 'AccessTemplate', name: 'web' } as const

/** Returns alice's request for a shell for an hour. */
function asked(): AccessRequest {
  const { exec, ...spec } = aRequest().spec
  return { ...aRequest({}, { uid }), spec: { ...spec, shell: {}, templateRef } }
}

function factsOf(request: AccessRequest, given: Partial<Facts> = {}): Facts {
  const facts: Facts = {
    ...unknownFacts,
    request,
    pod: undefined,
    template: offering(),
    workload,
    shell: { ok: true, template: aWorkload(), running: new Map() },
    ...given,
  }
  return { ...facts, rehearsal: 'rehearsal' in given ? given.rehearsal : rehearsed(facts) }
}

/** Returns the result of a dry run in a cluster that makes only this change. */
function rehearsed(facts: Facts, change = (pod: PodTemplate): PodTemplate => pod): Facts['rehearsal'] {
  const { creates: pod } = podToRehearse(facts) ?? {}
  const checked = checkPodTemplate({ metadata: pod?.metadata, spec: pod?.['spec'] })
  return checked.ok ? { outcome: 'admitted', pod: change(checked.value) } : undefined
}

/** Returns the request as the plan before left it. */
const after = (request: AccessRequest, { status }: Plan): AccessRequest => ({ ...request, status })

const now = at('12:00:00')

function approved(facts: Partial<Facts> = {}): AccessRequest {
  const resolved = after(asked(), plan(factsOf(asked(), facts), policy, now))
  return after(resolved, plan(factsOf(resolved, facts), policy, now))
}

/** Returns the request as it is once its pod is made and noted. */
function made(facts: Partial<Facts> = {}): AccessRequest {
  const { status, ...request } = approved(facts)
  if (!status?.target) throw new Error('it has no target')
  return { ...request, status: { ...status, target: { ...status.target, podUID: 'shell-1' } } }
}

function shellPod(status: NonNullable<Pod['status']> = {}, changes: Partial<Pod['metadata']> = {}): Pod {
  const metadata = { name, uid: 'shell-1', labels: { [requestUidLabel]: uid }, ...changes }
  return { ...aPod({ metadata }), status }
}

const running = (startTime = '2026-11-21T12:00:10Z'): Pod =>
  shellPod({ phase: 'Running', startTime, containerStatuses: [{ name: 'app', state: { running: {} } }] })

const planned = (facts: Facts, when = now): Plan => plan(facts, policy, when)

const kinds = ({ objects }: Pick<Plan, 'objects'>): readonly string[] => objects.map(({ kind }) => kind)

/** Returns the pod that is to be created. */
const makes = ({ then }: Plan): Manifest | undefined => (then?.do === 'make-pod' ? then.pod : undefined)

const podIn = ({ objects }: Plan): Manifest | undefined => objects.find(({ kind }) => kind === 'Pod')

describe('a request for a shell', () => {
  test('is told the pod that it would get, and whether that runs just what the workload does', () => {
    const { status } = planned(factsOf(asked()))

    expect(status.target).toMatchObject({ pod: name, container: 'app', image: 'shop/web:1', workload })
    expect(status.target).not.toHaveProperty('podUID')
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'ImagePinned', status: 'False', message: 'no pod of the workload runs it now' }),
    )
  })

  test('has its image pinned where the workload’s pods tell the digest', () => {
    const image = `docker.io/shop/web@sha256:${'ab'.repeat(32)}`
    const shell: Facts['shell'] = {
      ok: true,
      template: aWorkload(),
      running: new Map([['app', { image: 'shop/web:1', imageID: image }]]),
    }
    const { status } = planned(factsOf(asked(), { shell }))

    expect(status.target?.image).toBe(image)
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'ImagePinned', status: 'True', message: `it will run ${image}` }),
    )
  })

  test.each<[string, Partial<Facts>, string, string]>([
    [
      'waits for its workload',
      { workload: undefined, shell: undefined },
      'Pending',
      'Deployment web does not exist in shop yet',
    ],
    ['waits while that is being looked up', { shell: undefined }, 'Pending', 'is reading the pod template'],
    [
      'fails where that makes no pods',
      { shell: { ok: false, problem: 'X has no pod template', final: true } },
      'Failed',
      'X has no pod template',
    ],
    [
      'waits where that refers to what may still come',
      { shell: { ok: false, problem: 'X refers to Y, which does not exist in shop yet', final: false } },
      'Pending',
      'X refers to Y, which does not exist in shop yet',
    ],
    [
      'fails where its pod would be dangerous',
      { shell: { ok: true, template: aWorkload({ spec: { hostNetwork: true } }), running: new Map() } },
      'Failed',
      'the author of the template, carol, may not offer this pod: spec.hostNetwork is set',
    ],
    ['fails where the template offers none', { template: aTemplate() }, 'Failed', 'asks for something else'],
  ])('%s', (_title, facts, phase, message) => {
    expect(planned(factsOf(asked(), facts)).status).toMatchObject({ phase, message: expect.stringContaining(message) })
  })

  test('gets a dangerous one where the author might offer it', () => {
    const shell: Facts['shell'] = { ok: true, template: aWorkload({ spec: { hostNetwork: true } }), running: new Map() }
    const { author, ...spec } = offering().spec
    const template = { ...offering(), spec: { ...spec, author: { username: 'carol', ...author, mayEscalate: true } } }

    expect(plan(factsOf(asked(), { shell, template }), policy, now).status.target?.pod).toBe(name)
  })
})

describe('what the cluster makes of the pod', () => {
  const images = (image: string) => (pod: PodTemplate) => ({
    ...pod,
    spec: { ...pod.spec, containers: pod.spec.containers.map((one) => ({ ...one, image })) },
  })
  const condition = (type: string, { status }: Plan): unknown => status.conditions?.find((one) => one.type === type)
  const rewritten = (): Facts['rehearsal'] => rehearsed(factsOf(asked()), images('mirror.example/web:1'))

  test('is what is shown, and in the digest', () => {
    const plain = planned(factsOf(asked()))
    const next = planned(factsOf(asked(), { rehearsal: rewritten() }))

    expect(next.status.target?.image).toBe('mirror.example/web:1')
    expect(next.status.digest).not.toBe(plain.status.digest)
    expect(condition('PodAdmitted', plain)).toMatchObject({ status: 'True', reason: 'AsAsked' })
    expect(condition('PodAdmitted', next)).toMatchObject({
      status: 'True',
      reason: 'Changed',
      message: expect.stringContaining('changed the image of container app from shop/web:1 to mirror.example/web:1'),
    })
    expect(condition('ImagePinned', next)).toMatchObject({
      status: 'False',
      message: "the cluster's admission changed it from shop/web:1",
    })
  })

  test('must be known before anybody reviews it', () => {
    expect(planned(factsOf(asked(), { rehearsal: undefined })).status).toMatchObject({
      phase: 'Pending',
      message: expect.stringContaining('trying the creation'),
    })
  })

  test('where it is refused, is told, and nobody is asked to review it', () => {
    const message = 'the API server refused its Pod, and Sallyport tries again: exceeded quota'
    const next = planned(factsOf(asked(), { rehearsal: { outcome: 'refused', words: 'exceeded quota' } }))

    expect(next.status).toMatchObject({ phase: 'Pending', message })
    expect(next.status.target).toBeUndefined()
    expect(condition('TargetResolved', next)).toMatchObject({ status: 'False', reason: 'Refused', message })
    expect(condition('Ready', next)).toMatchObject({ status: 'False', message })
  })

  test('where no dry run can show it, is said to be unknown, and what was asked for is approved', () => {
    const next = planned(factsOf(asked(), { rehearsal: { outcome: 'untold', words: 'no dry run' } }))

    expect(next.status.target?.image).toBe('shop/web:1')
    expect(next.status.target?.admittedDigest).toBeUndefined()
    expect(condition('PodAdmitted', next)).toMatchObject({
      status: 'Unknown',
      reason: 'NoDryRun',
      message: expect.stringContaining('no dry run'),
    })
  })

  test('must be made of it again when it is created, but for what is by chance, and when it ends', () => {
    const { target } = planned(factsOf(asked(), { rehearsal: rewritten() })).status
    const pod = rewritten()
    if (!target || pod?.outcome !== 'admitted') throw new Error('it has no target')
    const spec = pod.pod.spec
    const chance = {
      ...spec,
      activeDeadlineSeconds: 5,
      volumes: [...(spec.volumes ?? [])],
      containers: spec.containers.map((one) => ({ ...one, resources: { limits: { cpu: '1' } } })),
    }

    expect(otherThanApproved(target, { ...pod.pod, spec: chance })).toBeUndefined()
    expect(otherThanApproved(target, { ...pod.pod, spec: { ...spec, hostNetwork: true } })).toContain(
      'a mutating webhook or a policy of the cluster may have changed it: ask again',
    )
    expect(otherThanApproved(target, images('evil:1')(pod.pod))).toContain(
      'the image of container app is evil:1, not mirror.example/web:1',
    )
  })

  test('has a token volume of another name each time', () => {
    const withToken = (name: string) => (pod: PodTemplate) => ({
      ...pod,
      spec: {
        ...pod.spec,
        volumes: [{ name, projected: {} }],
        containers: pod.spec.containers.map((one) => ({ ...one, volumeMounts: [{ name, mountPath: '/token' }] })),
      },
    })
    const facts = factsOf(asked())
    const [first, second] = ['kube-api-access-abcde', 'kube-api-access-fghij'].map((name) =>
      rehearsed(facts, withToken(name)),
    )
    const { target } = planned(factsOf(asked(), { rehearsal: first })).status
    if (!target || second?.outcome !== 'admitted') throw new Error('it has no target')

    expect(otherThanApproved(target, second.pod)).toBeUndefined()
  })
})

describe('an approved shell', () => {
  test('has its pod made, for the time that is left, and its RBAC ready', () => {
    const next = planned(factsOf(approved()), at('12:30:00'))

    expect(makes(next)).toMatchObject({ kind: 'Pod', metadata: { name }, spec: { activeDeadlineSeconds: 1_801 } })
    expect(kinds(next)).toEqual(['Role', 'RoleBinding'])
    expect(isOnHearsay(next)).toBe(true)
  })

  test.each([
    ['is not made of what has changed since', { app: { image: 'shop/web:2' } }, undefined],
    ['is made of what is the same but for a restart by kubectl', {}, 'pod'],
  ])('%s', (_title, changes, isMade) => {
    const source = aWorkload(changes)
    const annotations = { ...source.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': 'now' }
    const template = { ...source, metadata: { ...source.metadata, annotations } }
    const next = planned(factsOf(approved(), { shell: { ok: true, template, running: new Map() } }))

    if (isMade) expect(makes(next)?.metadata.name).toBe(name)
    else {
      const message = 'Deployment web has changed since you asked: ask again'
      expect(next).toMatchObject({ status: { phase: 'Failed', message }, objects: [] })
      expect(makes(next)).toBeUndefined()
    }
  })

  test('waits while what its pod is made after is looked up', () => {
    const next = planned(factsOf(approved(), { shell: undefined }))

    expect(makes(next)).toBeUndefined()
    expect(next).toMatchObject({ status: { phase: 'Approved' }, then: { do: 'await-pod' } })
    expect(isOnHearsay(next)).toBe(true)
  })

  test('removes a pod of before a crash, and makes none beside it', () => {
    const next = planned(factsOf(approved(), { pod: shellPod({}, { uid: 'unknown' }) }))

    expect(makes(next)).toBeUndefined()
    expect(kinds(next)).toEqual(['Role', 'RoleBinding'])
    expect(isOnHearsay(next)).toBe(true)
  })

  test('never takes a pod that somebody else has put under the name', () => {
    const next = planned(factsOf(approved(), { pod: shellPod({}, { labels: {} }) }))

    expect(makes(next)).toBeUndefined()
    expect(next).toMatchObject({
      status: { phase: 'Failed', message: expect.stringContaining('Sallyport did not make it') },
      objects: [],
    })
  })
})

describe('a shell whose pod is made', () => {
  test.each<[string, Pod, string]>([
    ['waits for it', shellPod({ phase: 'Pending' }), 'its pod starts'],
    ['waits for its RBAC to be seen', running(), ''],
  ])('%s', (_title, pod, message) => {
    const next = planned(factsOf(made(), { pod }))

    expect(next.status.phase).toBe('Approved')
    expect(next.status.message).toContain(message)
    expect(kinds(next)).toEqual(['Role', 'RoleBinding', 'Pod'])
  })

  test('is ready once it is, the pass lists it and the API server lets the requestor in', () => {
    const facts = { pod: running(), listed: true, authorized: true }

    for (const lacks of ['listed', 'authorized'] as const) {
      expect(planned(factsOf(made(), { ...facts, [lacks]: false })).status.phase).toBe('Approved')
    }
    const { status } = planned(factsOf(made(), facts))
    expect(status).toMatchObject({ phase: 'Active', accessMessage: expect.stringContaining(`exec -i -t ${name}`) })
    expect(status.resources?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding', 'Pod'])
  })

  test.each<[string, Pod, number | undefined]>([
    ['keeps the deadline of its making until it has started', shellPod({ phase: 'Pending' }), undefined],
    ['has it lowered to what is left once it has started', running('2026-11-21T12:10:00Z'), 3_000],
    ['never has it raised', { ...running(), spec: { ...running().spec, activeDeadlineSeconds: 60 } }, 60],
    ['has a second left where it started too late', running('2026-11-21T13:30:00Z'), 1],
  ])('%s', (_title, pod, seconds) => {
    const spec = seconds === undefined ? undefined : { activeDeadlineSeconds: seconds }

    expect(podIn(planned(factsOf(made(), { pod })))?.['spec']).toEqual(spec)
  })

  test('ends where its image is not any more what was approved', () => {
    const { spec, ...pod } = running()
    const containers = spec.containers.map((container) => ({ ...container, image: 'evil/web:1' }))
    const { status, objects } = planned(factsOf(made(), { pod: { ...pod, spec: { ...spec, containers } } }))

    expect(status).toMatchObject({ phase: 'Failed', message: expect.stringContaining('from shop/web:1 to evil/web:1') })
    expect(objects).toEqual([])
  })

  test('ends on time, with all that was made', () => {
    const facts = factsOf(made(), { pod: running() })

    expect(planned(facts).wakeAt).toBe(at('13:00:00'))
    expect(planned(facts, at('13:00:00'))).toMatchObject({ status: { phase: 'Expired' }, objects: [] })
  })

  test.each<[string, Partial<Facts>, string, string]>([
    ['completes when its program ends', { pod: shellPod({ phase: 'Succeeded' }) }, 'Completed', 'its pod ended'],
    [
      'fails when its pod does',
      { pod: shellPod({ phase: 'Failed', reason: 'Evicted' }) },
      'Failed',
      'its pod failed: Evicted',
    ],
    ['fails when its pod is deleted', { pod: undefined }, 'Failed', 'its pod was deleted'],
    ['ends with its template', { pod: running(), template: undefined }, 'Revoked', 'AccessTemplate web is gone'],
    ['ends with its workload', { pod: running(), workload: undefined }, 'Revoked', 'Deployment web is gone'],
  ])('%s', (_title, facts, phase, message) => {
    expect(planned(factsOf(made(), facts))).toMatchObject({ status: { phase, message }, objects: [] })
  })
})

describe('with replace: OnFailure a pod that is lost', () => {
  const template = offering({ replace: 'OnFailure' })
  const active = (): AccessRequest => {
    const request = made({ template })
    return after(request, planned(factsOf(request, { template, pod: running(), listed: true, authorized: true })))
  }

  test('is forgotten, and what was approved stays', () => {
    const request = active()
    const next = planned(factsOf(request, { template, pod: undefined }))

    expect(next).toMatchObject({ then: { do: 'await-pod' }, wakeAt: now, status: { phase: 'Approved' } })
    expect(next.status.target).toEqual(approved({ template }).status?.target)
    expect(next.status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Ready', status: 'False', message: 'its pod was deleted; it will be replaced' }),
    )
    const then = planned(factsOf(after(request, next), { template }), at('12:45:00'))
    expect(makes(then)).toMatchObject({ spec: { activeDeadlineSeconds: 901 } })
  })

  test('is not replaced at full speed', () => {
    const pod = shellPod({ phase: 'Failed' }, { creationTimestamp: '2026-11-21T11:59:55Z' })
    const next = planned(factsOf(active(), { template, pod }))

    expect(next.wakeAt).toBe(at('12:00:05'))
    expect(next.status.target?.podUID).toBe('shell-1')
    expect(planned(factsOf(active(), { template, pod }), at('12:00:05')).status.target?.podUID).toBeUndefined()
  })

  test('is not once its time is over', () => {
    expect(planned(factsOf(active(), { template, pod: undefined }), at('13:00:00')).status.phase).toBe('Expired')
  })
})
