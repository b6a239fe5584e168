import { beforeAll, describe, expect, test } from '@jest/globals'
import { join } from 'node:path'
import { conditionIn } from '../../src/api/conditions.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import {
  access,
  applied,
  ended,
  exec,
  readyRequest,
  refusedApply,
  revoke,
  storedRequest,
  type File,
} from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { admin, kubectlRefused } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { sallyportReadsEphemeral } from '../fixtures/ephemeral-reader.ts'
import { taskRequest, taskTemplate, testWithTools } from '../fixtures/tasks.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { runningPod } from '../fixtures/workload.ts'

// A task leaves an effect in the pod. Sallyport undoes it when the access ends, however it ends.
const namespace = 'task-undo'
const home = 'sallyport-system'
const testWithTask = testWithTools()
const gate = gatedPod(namespace)
const on = ['-n', namespace]

const address = {
  command: ['ip', 'addr', 'add', '<address>', 'dev', 'lo'],
  undo: { command: ['ip', 'addr', 'del', '<address>', 'dev', 'lo'] },
  parameters: [{ name: 'address', pattern: String.raw`10\.99\.0\.\d+/32` }],
  capabilities: ['NET_ADMIN'],
  runAsUser: 0,
}

beforeAll(async () => {
  await applied('admin', taskTemplate(namespace, 'address', address))
  await sallyportReadsEphemeral(namespace)
  if (testWithNode() === test)
    await access(namespace, 'look', { exec: { pod: 'web-0', container: 'app', command: ['ip', 'addr'] } })
})

/** Asks for the task with an address. */
function wanted(name: string, value: string, duration = '1h', template = 'address'): File {
  const file = taskRequest(namespace, name, { address: value }, template)
  return { ...file, spec: { ...file.spec, duration } }
}

/** Resolves once the task of a request is done and its effect is there. */
async function inEffect(name: string, value: string, duration?: string): Promise<AccessRequest> {
  await applied('alice', wanted(name, value, duration))
  const stored = await until('the effect is told', async () => {
    const one = await storedRequest(namespace, name)
    return one.status?.message?.includes('the effect holds') ? one : undefined
  })
  expect(await addresses()).toContain(value)
  return stored
}

async function addresses(): Promise<string> {
  const { code, stdout, stderr } = await exec('alice', namespace, { command: ['ip', 'addr'] })
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

/** Resolves to the condition Undone, once it is as it should be. */
function undone(name: string, status = 'True') {
  return until(
    `${name} is undone`,
    async () => {
      const found = conditionIn((await storedRequest(namespace, name)).status, 'Undone')
      return found?.status === status ? found : undefined
    },
    60_000,
  )
}

const uidOf = async (name: string): Promise<string> => (await storedRequest(namespace, name)).metadata.uid
const namesOf = async (pod: string): Promise<string> =>
  admin(['get', 'pod', pod, ...on, '-o', 'jsonpath={.spec.ephemeralContainers[*].name}'])
const records = async (): Promise<string> => admin(['get', 'accessrecords', '-n', home, '-o', 'name'])
const noRecord = (uid: string): Promise<unknown> =>
  until('its record is removed', async () => ((await records()).includes(`undo-${uid}`) ? undefined : true), 60_000)

interface Told {
  readonly msg?: string
  readonly type?: string
  readonly request?: { readonly uid: string }
}

/** Resolves once the audit has told what became of the undo of a request. */
function audited(type: string, uid: string): Promise<unknown> {
  return until(`${type} is told`, () =>
    gate().lines.find((line: Told) => line.type === `dev.sallyport.${type}.v1` && line.request?.uid === uid),
  )
}

/** The pod goes on as it was: same container, same network. */
async function untouched(value: string): Promise<void> {
  const shown = await addresses()
  expect(shown).not.toContain(value)
  expect(shown).toMatch(/eth0[^]*inet /)
  const count = 'jsonpath={.status.phase} {.status.containerStatuses[*].restartCount}'
  expect(await admin(['get', 'pod', 'web-0', ...on, '-o', count])).toBe('Running 0')
}

testWithTask('an effect holds until its access expires, and is undone then', async () => {
  const { status } = await inEffect('expires', '10.99.0.1/32', '12s')
  expect(status?.phase).toBe('Active')
  expect(status?.task).toMatchObject({ exitCode: 0 })
  expect(status?.message).toMatch(/^its task is done, and the effect holds since \d{4}-\S+Z; ready until /)

  expect(await ended(namespace, 'expires', 'Expired')).toMatch(
    /^its time is over; its task had ended with exit code 0;/,
  )
  expect(await undone('expires')).toMatchObject({ reason: 'Undone', message: 'its undo ended with exit code 0' })
  await untouched('10.99.0.1/32')
  const uid = await uidOf('expires')
  await noRecord(uid)
  expect((await namesOf('web-0')).split(' ')).toEqual(expect.arrayContaining([`task-${uid}`, `undo-${uid}`]))
  await audited('task.undone', uid)
})

testWithTask('an effect is undone when its access is revoked', async () => {
  await inEffect('revoked', '10.99.0.2/32')
  expect((await revoke('bob', namespace, 'revoked')).code).toBe(0)

  await undone('revoked')
  await untouched('10.99.0.2/32')
})

testWithTask('an effect is undone when its request is deleted', async () => {
  const { metadata } = await inEffect('deleted', '10.99.0.3/32')
  await admin(['delete', 'areq', 'deleted', ...on])

  await noRecord(metadata.uid)
  await untouched('10.99.0.3/32')
})

testWithTask('an effect is undone as it was approved when its template is deleted', async () => {
  await applied('admin', taskTemplate(namespace, 'lost', address))
  await applied('alice', wanted('lost', '10.99.0.4/32', '1h', 'lost'))
  await readyRequest(namespace, 'lost')
  await until('its task is done', async () => (await storedRequest(namespace, 'lost')).status?.task)
  await admin(['delete', 'accesstemplate', 'lost', ...on])

  await ended(namespace, 'lost', 'Revoked')
  await undone('lost')
  await untouched('10.99.0.4/32')
})

testWithTask('a task that fails ends its access, and is undone', async () => {
  const half = { ...address, command: ['sh', '-c', 'ip addr add 10.99.0.5/32 dev lo; exit 3'], parameters: undefined }
  const undo = { command: ['ip', 'addr', 'del', '10.99.0.5/32', 'dev', 'lo'] }
  await applied('admin', taskTemplate(namespace, 'half', { ...half, undo }))
  await applied('alice', taskRequest(namespace, 'half'))

  expect(await ended(namespace, 'half', 'Failed')).toMatch(/^its task ended with exit code 3/)
  await undone('half')
  await untouched('10.99.0.5/32')
})

testWithTask('an undo that fails is told, and is not tried again', async () => {
  const fails = { ...address, undo: { command: ['sh', '-c', 'exit 4'] } }
  await applied('admin', taskTemplate(namespace, 'fails', fails))
  await applied('alice', wanted('fails', '10.99.0.6/32', '1h', 'fails'))
  await until('its task is done', async () => (await storedRequest(namespace, 'fails')).status?.task)
  await revoke('bob', namespace, 'fails')

  const { reason, message } = await until('the undo has failed', async () => {
    const found = conditionIn((await storedRequest(namespace, 'fails')).status, 'Undone')
    return found?.reason === 'Failed' ? found : undefined
  })
  expect([reason, message]).toEqual([
    'Failed',
    'its undo ended with exit code 4, so the effect of its task may still be there',
  ])
  await noRecord(await uidOf('fails'))
  await audited('task.left', await uidOf('fails'))
})

testWithTask('a task that still runs is undone after its end', async () => {
  const long = { ...address, command: ['sh', '-c', 'sleep 8; ip addr add "$0" dev lo', '<address>'] }
  await applied('admin', taskTemplate(namespace, 'long', long))
  await applied('alice', wanted('long', '10.99.0.7/32', '1h', 'long'))
  await readyRequest(namespace, 'long')
  await revoke('bob', namespace, 'long')

  expect(await undone('long', 'False')).toMatchObject({ reason: 'Waiting', message: 'its task has not ended yet' })
  await undone('long')
  await untouched('10.99.0.7/32')
})

testWithTask('a task that still runs is undone after its end, also when its request is deleted', async () => {
  await applied('alice', wanted('long2', '10.99.0.12/32', '1h', 'long'))
  const { metadata } = await readyRequest(namespace, 'long2')
  await admin(['delete', 'areq', 'long2', ...on])

  await until('the effect is there', async () => (await addresses()).includes('10.99.0.12/32') || undefined)
  await noRecord(metadata.uid)
  await untouched('10.99.0.12/32')
})

testWithTask('an undo that the cluster refuses is told in its words, and runs once it is allowed', async () => {
  const enforce = 'pod-security.kubernetes.io/enforce'
  await inEffect('barred', '10.99.0.13/32')
  await admin(['label', 'namespace', namespace, `${enforce}=baseline`])
  await revoke('bob', namespace, 'barred')

  const { reason, message } = await undone('barred', 'False')
  await admin(['label', 'namespace', namespace, `${enforce}-`])
  expect([reason, message]).toEqual([
    'Refused',
    expect.stringMatching(
      /^the API server refused its undo, and Sallyport tries again: .*violates PodSecurity "baseline/,
    ),
  ])
  await undone('barred')
  await untouched('10.99.0.13/32')
})

testWithTask('nothing hangs where the pod is gone', async () => {
  await runningPod(namespace, 'gone-0')
  await applied('admin', taskTemplate(namespace, 'gone', { ...address, target: { kind: 'Pod', name: 'gone-0' } }))
  await applied('alice', wanted('gone', '10.99.0.8/32', '1h', 'gone'))
  await until('its task is done', async () => (await storedRequest(namespace, 'gone')).status?.task)
  await admin(['delete', 'pod', 'gone-0', ...on, '--grace-period=0', '--force'])

  const { message } = await undone('gone')
  expect(message).toBe('its pod is gone, and so is the effect of its task')
  await noRecord(await uidOf('gone'))
})

testWithTask('an approver and an author read the undo', async () => {
  const shell = await shellWithPlugin()
  const reviewed = { challenges: [{ peerReview: { count: 1, reviewers: [{ kind: 'Group', name: 'sre' }] } }] }
  await applied('admin', taskTemplate(namespace, 'reviewed', address, reviewed))
  await applied('alice', wanted('reviewed', '10.99.0.9/32', '1h', 'reviewed'))
  await until('it is taken up', async () => (await storedRequest(namespace, 'reviewed')).status?.digest)

  const shown = await shell('bob', `kubectl access describe reviewed ${on.join(' ')}`)
  expect(shown.stdout).toMatch(/afterwards: +it is undone by ip addr del 10\.99\.0\.9\/32 dev lo\n/)
  const said = await shell(
    'alice',
    `kubectl access task address web-0 --param address=10.99.0.10/32 --duration 1h --reason OPS-42 ${on.join(' ')}`,
  )
  expect([said.code, said.stderr]).toEqual([
    0,
    expect.stringMatching(/The task is done\. Sallyport undoes it when request /),
  ])
  expect((await shell('alice', `kubectl access templates ${on.join(' ')}`)).stdout).toContain(
    'undone at the end by ip addr del <address> dev lo',
  )
})

describe('what no template may say of an undo', () => {
  testWithTask.each<[string, object, string]>([
    [
      'a word like a parameter',
      { undo: { command: ['del', '<adress>'] } },
      'spec.access.task.undo.command[1] is <adress>, but no hole has that name',
    ],
    [
      'a parameter twice',
      { undo: { command: ['del', '<address>', '<address>'] } },
      'spec.access.task.undo.command has <address> twice',
    ],
    ['no command', { undo: {} }, 'spec.access.task.undo.command'],
  ])('%s', async (_title, task, text) => {
    expect(await refusedApply('admin', taskTemplate(namespace, 'bad', { ...address, ...task }))).toContain(text)
  })
})

testWithTask('Sallyport itself can add no other undo than the one that was noted', async () => {
  const { metadata } = await inEffect('forged', '10.99.0.11/32')
  const sallyport = { kubeconfig: join(gate().folder, 'kubeconfig') }
  const add = (container: object): Promise<string> => {
    const patch = JSON.stringify({ spec: { ephemeralContainers: [container] } })
    const flags = ['--subresource=ephemeralcontainers', '--type=strategic', `--patch=${patch}`]
    return kubectlRefused(sallyport, ['patch', 'pod', 'web-0', ...on, ...flags])
  }
  const image = 'none.example/it:1'

  expect(await add({ name: 'undo-1', image })).toMatch(/Nothing is noted that undoes a task .*E_TASK/)
  expect(await add({ name: `undo-${metadata.uid}`, image })).toMatch(
    /is not the undo that was approved: .*image must be .*E_TASK/,
  )
  await revoke('bob', namespace, 'forged')
  await undone('forged')
})
