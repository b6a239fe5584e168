import { describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import type { AccessRequestStatus, Target } from '../../src/api/kinds/access-request-status.ts'
import { apply, admin, kubectlOk } from '../fixtures/kubectl.ts'
import {
  applied,
  binding,
  deniedExec,
  ended,
  exec,
  madeFor,
  refusedApply,
  requestFile,
  storedRequest,
  type File,
  readyRequest,
} from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { podsOf, storedTemplate, templateFile, workloadFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'exec-templates'
const testOnNode = testWithNode()

const gate = gatedNamespace(namespace, async () => {
  if (testOnNode !== test) return
  await apply(workloadFile(namespace, 'Deployment', 'web', { replicas: 2 }))
  await admin(['rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s'])
})

/** Returns a request under a template, for any of its pods. */
const under = (template: string, name: string, spec: object = {}): File =>
  requestFile(namespace, name, {
    duration: undefined,
    templateRef: { kind: 'AccessTemplate', name: template },
    exec: {},
    ...spec,
  })

const ready = (name: string): Promise<unknown> => readyRequest(namespace, name)

const targetOf = ({ target }: AccessRequestStatus): Target => {
  if (!target) throw new Error('the request has no target')
  return target
}

interface Owned {
  readonly metadata: { readonly ownerReferences?: readonly object[] }
}

const stored = async (pod: string): Promise<Owned> =>
  JSON.parse(await admin(['get', 'pod', pod, '-n', namespace, '-o', 'json'])) as Owned

const minutesOf = ({ approvedAt = '', expiresAt = '' }: AccessRequestStatus): number =>
  (Date.parse(expiresAt) - Date.parse(approvedAt)) / 60_000

describe('a template that could never be used is refused, with the field', () => {
  test.each<[string, object, string]>([
    [
      'an unknown kind',
      { access: { exec: { target: { kind: 'Deploiment', name: 'web' } } } },
      'spec.access.exec.target is of kind Deploiment, not one of Pod, Deployment',
    ],
    [
      'a kind that the config lacks',
      { access: { exec: { target: { kind: 'Rollout', group: 'argoproj.io', name: 'web' } } } },
      "not one of Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob; others can be added in Sallyport's config (workloads)",
    ],
    [
      'a default above the maximum',
      { duration: { default: '2h', max: '1h' } },
      'spec.duration: Invalid value: default is longer than max',
    ],
    [
      'an unknown placeholder',
      { accessMessage: 'ssh {{host}}' },
      'has an unknown placeholder: known are {{namespace}}',
    ],
    [
      'nobody who may ask',
      { subjects: [] },
      'spec.subjects: Invalid value: 0: spec.subjects in body should have at least 1 items',
    ],
    ['a pattern that does not compile', { reason: { pattern: '(' } }, 'spec.reason.pattern is not an RE2 expression'],
    [
      'a look-ahead, which RE2 does not have',
      { reason: { pattern: '(?=a)' } },
      'spec.reason.pattern is not an RE2 expression',
    ],
    ['no access', { access: {} }, 'spec.access: exactly one access must be offered'],
    [
      'a service account without its namespace',
      { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
      'a ServiceAccount needs a namespace',
    ],
  ])('%s', async (_title, spec, text) => {
    expect(await refusedApply('admin', templateFile(namespace, 'bad', spec))).toContain(text)
  })
})

describe('a request beyond its template is refused, with what is offered', () => {
  test.each<[string, object, object, string]>([
    ['longer than its maximum', {}, { duration: '2h' }, 'gives access for at most 1h, but spec.duration is 2h'],
    ['without a reason', { reason: { required: true } }, { reason: undefined }, 'demands a reason'],
    ['a reason that does not match', { reason: { pattern: '^INC-\\d+' } }, {}, 'spec.reason does not match ^INC-\\d+'],
    [
      'another container',
      { access: { exec: { target: { kind: 'Deployment', name: 'web' }, containers: ['side'] } } },
      { exec: { container: 'app' } },
      'offers container side, not app',
    ],
    [
      'another command',
      { access: { exec: { target: { kind: 'Deployment', name: 'web' }, commands: [['id']] } } },
      { exec: { command: ['sh'] } },
      'offers the command ["id"], not ["sh"]',
    ],
    [
      'another subresource',
      {},
      { exec: { subresources: ['attach'] } },
      'does not offer subresource attach; it offers none',
    ],
    [
      'by somebody whom it is not for',
      { subjects: [{ kind: 'User', name: 'carol' }] },
      {},
      'AccessTemplate limits is not for alice',
    ],
  ])('%s', async (_title, template, asked, text) => {
    await applied('admin', templateFile(namespace, 'limits', template))

    expect(await refusedApply('alice', under('limits', 'beyond', asked))).toContain(text)
  })

  test('under a template that is not there', async () => {
    expect(await refusedApply('alice', under('none', 'beyond'))).toContain(
      `AccessTemplate none does not exist in namespace ${namespace} (E_TEMPLATE_MISSING)`,
    )
  })
})

testOnNode('who names no pod gets a ready one, for the template’s time, and is told what to type', async () => {
  const accessMessage = 'kubectl exec -n {{namespace}} {{pod}} -c {{container}} -- id # {{request}}'
  await applied('admin', templateFile(namespace, 'web', { accessMessage }))
  await applied('alice', under('web', 'any'))
  await ready('any')

  const { status = {}, metadata } = await storedRequest(namespace, 'any')
  const { pod, workload } = targetOf(status)
  expect(await podsOf(namespace, 'web')).toContain(pod)
  expect(workload).toMatchObject({ kind: 'Deployment', name: 'web' })
  expect(minutesOf(status)).toBe(30)
  expect(status.accessMessage).toBe(`kubectl exec -n ${namespace} ${pod} -c app -- id # any`)
  expect((await exec('alice', namespace, { pod })).stdout).toContain('uid=0')
  expect(await deniedExec('admin', namespace, { pod })).toContain(`${administrator().username} has no access to pod`)
  expect(await madeFor(namespace, metadata.uid)).toHaveLength(2)
  await kubectlOk('alice', ['delete', 'areq', 'any', '-n', namespace])
})

testOnNode('labels alone make no pod a target, neither by choice nor by name', async () => {
  await applied(
    'admin',
    templateFile(namespace, 'stray', { access: { exec: { target: { kind: 'Deployment', name: 'none' } } } }),
  )
  await runningPod(namespace, 'none')
  await applied('alice', under('stray', 'by-choice', { exec: { waitForPod: true } }))
  await apply(workloadFile(namespace, 'Deployment', 'none', { replicas: 0 }))
  await admin(['wait', '--for=condition=Ready', 'atmpl/stray', '-n', namespace, '--timeout=20s'])
  await applied('alice', under('stray', 'by-name', { exec: { pod: 'none', waitForPod: true } }))

  const told = async (name: string, text: string): Promise<void> => {
    await admin(['wait', `--for=jsonpath={.status.message}=${text}`, `areq/${name}`, '-n', namespace, '--timeout=20s'])
  }
  await told('by-name', 'pod none does not belong to Deployment none')
  await told(
    'by-choice',
    `Deployment none has no ready pod in ${namespace} yet, or the pod that the request names is not there`,
  )
})

testOnNode('an owner that somebody writes into a pod makes it no target', async () => {
  await runningPod(namespace, 'claims')
  await applied('admin', templateFile(namespace, 'claimed'))
  await applied('alice', under('claimed', 'claimed', { exec: { pod: 'claims', waitForPod: true } }))
  const [member = ''] = await podsOf(namespace, 'web')
  const { ownerReferences } = (await stored(member)).metadata

  await admin(['patch', 'pod', 'claims', '-n', namespace, '-p', JSON.stringify({ metadata: { ownerReferences } })])

  await until('its ReplicaSet lets go of it', async () => !(await stored('claims')).metadata.ownerReferences)
  // By then the controller has looked at the earlier objects.
  await applied('alice', under('claimed', 'later'))
  await ready('later')
  const { status } = await storedRequest(namespace, 'claimed')
  expect(status).toMatchObject({ phase: 'Pending', message: 'pod claims does not belong to Deployment web' })
  expect(status?.target).toBeUndefined()
})

testOnNode('an access ends with the pod’s place in its workload, also with the controller gone', async () => {
  await applied('admin', templateFile(namespace, 'leaves'))
  await applied('alice', under('leaves', 'leaving'))
  await ready('leaving')
  const { pod } = targetOf((await storedRequest(namespace, 'leaving')).status ?? {})
  expect((await exec('alice', namespace, { pod })).code).toBe(0)

  await stopController(gate())
  await admin(['label', 'pod', pod, '-n', namespace, 'app=other', '--overwrite'])
  const denial = await deniedExec('alice', namespace, { pod })
  await startController(gate())

  const told = `pod ${pod} does not belong to Deployment web any more`
  expect(denial).toContain(told)
  expect(await ended(namespace, 'leaving', 'Failed')).toBe(told)
  await admin(['delete', 'pod', pod, '-n', namespace, '--wait=false'])
})

testOnNode(
  'a template that changes ends the access at once, also with the controller gone; a label does not',
  async () => {
    await applied('admin', templateFile(namespace, 'changes'))
    await applied('alice', under('changes', 'changing'))
    await ready('changing')
    const { status } = await storedRequest(namespace, 'changing')
    const pod = status?.target?.pod ?? ''
    await admin(['label', 'atmpl', 'changes', '-n', namespace, 'team=a'])
    expect((await exec('alice', namespace, { pod })).code).toBe(0)

    await stopController(gate())
    await admin(['patch', 'atmpl', 'changes', '-n', namespace, '--type=merge', '-p', '{"spec":{"description":"new"}}'])
    const denial = await deniedExec('alice', namespace, { pod })
    await startController(gate())

    expect(denial).toContain('AccessTemplate changes was changed')
    expect(await ended(namespace, 'changing', 'Revoked')).toBe('AccessTemplate changes was changed')
  },
)

testOnNode(
  'a template that goes ends the access, and one re-created under its name does not bring it back',
  async () => {
    await applied('admin', templateFile(namespace, 'goes'))
    await applied('alice', under('goes', 'gone'))
    await ready('gone')
    const { status } = await storedRequest(namespace, 'gone')
    await admin(['delete', 'atmpl', 'goes', '-n', namespace])
    await applied('admin', templateFile(namespace, 'goes'))

    expect(await ended(namespace, 'gone', 'Revoked')).toMatch(/AccessTemplate goes (is gone|was replaced)/)
    expect(await deniedExec('alice', namespace, { pod: status?.target?.pod ?? '' })).toContain('Forbidden')
  },
)

testOnNode('a workload that goes ends the access and says so; the template knows', async () => {
  await apply(workloadFile(namespace, 'Deployment', 'short', { replicas: 1 }))
  await applied(
    'admin',
    templateFile(namespace, 'short', { access: { exec: { target: { kind: 'Deployment', name: 'short' } } } }),
  )
  await applied('alice', under('short', 'short'))
  await ready('short')
  expect((await storedTemplate(namespace, 'short')).status?.conditions).toMatchObject([
    { type: 'TargetExists', status: 'True' },
    { type: 'Ready', status: 'True' },
  ])
  await admin(['delete', 'deployment', 'short', '-n', namespace])

  expect(await ended(namespace, 'short', 'Revoked')).toBe('Deployment short is gone')
  await admin(['wait', '--for=condition=TargetExists=False', 'atmpl/short', '-n', namespace, '--timeout=20s'])
})

test('a template is found without its kind, and a blank reason is none', async () => {
  await applied('admin', templateFile(namespace, 'demands', { reason: { required: true } }))
  const by = (reason: string): File => under('demands', 'kindless', { templateRef: { name: 'demands' }, reason })

  expect(await refusedApply('alice', by(' \u00a0 '))).toContain(
    'AccessTemplate demands demands a reason in spec.reason (E_TEMPLATE_REASON). Write the reason into spec.reason.',
  )
  expect(await refusedApply('alice', requestFile(namespace, 'blank', { reason: '\t' }))).toContain(
    'spec.reason is blank: write why, or leave it out where nobody demands it',
  )
  await applied('alice', by('OPS-42'))
  expect((await storedRequest(namespace, 'kindless')).spec.templateRef).toEqual({
    kind: 'AccessTemplate',
    name: 'demands',
  })
})

test('the author is who changed what is offered last, whoever applies the file again', async () => {
  await applied('admin', templateFile(namespace, 'authored'))
  await apply(...['sallyport-template-author', 'edit'].map((role) => binding(namespace, role, 'carol')))
  await applied('carol', templateFile(namespace, 'authored'))
  const same = await storedTemplate(namespace, 'authored')
  await applied(
    'carol',
    templateFile(namespace, 'authored', { description: 'mine', author: { username: administrator().username } }),
  )
  const changed = await storedTemplate(namespace, 'authored')

  expect(same.spec.author?.username).toBe(administrator().username)
  expect(changed.spec.author?.username).toBe('carol')
})

test('nobody offers of a pod what they may not do with it themselves', async () => {
  await apply(binding(namespace, 'sallyport-template-author', 'mallory'))
  const access = (exec: object): object => ({ access: { exec: { target: { kind: 'Pod', name: 'web-0' }, ...exec } } })
  const offer = templateFile(namespace, 'own', access({ subresources: ['log'], onExpiry: { evict: true } }))

  expect(await refusedApply('mallory', offer)).toContain(
    `mallory may not get pods/exec in namespace ${namespace}; create pods/exec in namespace ${namespace}; ` +
      `get pods/log in namespace ${namespace}; create pods/eviction in namespace ${namespace} (E_TEMPLATE_AUTHOR)`,
  )

  await apply(binding(namespace, 'edit', 'mallory'))
  expect(
    await refusedApply('mallory', templateFile(namespace, 'own', access({ debug: { images: ['busybox:1'] } }))),
  ).toContain(`mallory may not patch pods/ephemeralcontainers in namespace ${namespace} (E_TEMPLATE_AUTHOR)`)
  await applied('mallory', offer)
})
