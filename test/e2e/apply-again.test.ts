import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import {
  access,
  accessNamespace,
  applied,
  ask,
  grantFile,
  requestFile,
  revoke,
  storedRequest,
  type File,
} from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'apply-again'
const testOnNode = testWithNode()
const credential = 'authentication.kubernetes.io/credential-id'

const waysToWrite = [
  ['apply', ['apply', '-f', '-']],
  ['server-side-apply', ['apply', '--server-side', '-f', '-']],
  ['replace', ['replace', '-f', '-']],
] as const

let gate: DevGate

beforeAll(async () => {
  await accessNamespace(namespace)
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  // Values that differ between logins are kept with the requestor: another login must still be able to apply the file
  // again.
  gate = await startDevGate({ identity: { extraKeys: [credential] } })
  // A service account may ask only under a template that names it.
  const access = { exec: { target: { kind: 'Pod', name: 'web-0' } } }
  const subjects = [{ kind: 'ServiceAccount', name: 'robot', namespace }]
  await applied('admin', templateFile(namespace, 'robots', { access, subjects }))
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

/**
 * Returns the file with a label of its own, so that it is a write: kubectl does not send a file that has not changed.
 */
function labelled(file: File, label: string): string {
  return JSON.stringify({ ...file, metadata: { ...file.metadata, labels: { [label]: 'yes' } } })
}

function unchanged({ metadata, spec }: AccessRequest): object {
  return { metadata: { uid: metadata.uid, generation: 1 }, spec }
}

describe.each(waysToWrite)('%s of the file of a request', (way, args) => {
  const name = `request-${way}`
  const file = requestFile(namespace, name)

  test.each(['alice', 'mallory', 'carol', 'admin'] as const)(
    'works twice for %s, and changes nothing',
    async (user) => {
      await kubectl('alice', ['create', '-f', '-'], JSON.stringify(file))
      const before = await storedRequest(namespace, name)

      await kubectlOk(user, args, labelled(file, `${user}-1`))
      await kubectlOk(user, args, labelled(file, `${user}-2`))

      const after = await storedRequest(namespace, name)
      expect(after).toMatchObject(unchanged(before))
      expect(after.spec.requestor?.username).toBe('alice')
      expect(after.metadata.labels).toMatchObject({ [`${user}-2`]: 'yes' })
    },
  )

  test('works for a service account that has a fresh token', async () => {
    const templateRef = { kind: 'AccessTemplate', name: 'robots' }
    const mine = requestFile(namespace, `robot-${way}`, { duration: undefined, templateRef })
    const robot = () => powerfulServiceAccount(namespace, 'robot')
    await kubectlOk(await robot(), ['create', '-f', '-'], JSON.stringify(mine))
    const before = await storedRequest(namespace, mine.metadata.name)

    await kubectlOk(await robot(), args, labelled(mine, 'fresh'))

    expect(before.spec.requestor?.extra?.[credential]).toEqual([expect.stringContaining('JTI=')])
    expect(await storedRequest(namespace, mine.metadata.name)).toMatchObject(unchanged(before))
  })

  test('undoes no revocation that another made', async () => {
    const revoked = requestFile(namespace, `revoked-${way}`)
    await kubectlOk('alice', way === 'replace' ? ['create', '-f', '-'] : args, JSON.stringify(revoked))
    expect(await revoke('bob', namespace, revoked.metadata.name)).toMatchObject({ code: 0 })

    await kubectlOk('alice', args, labelled(revoked, 'again'))

    const { spec, metadata } = await storedRequest(namespace, revoked.metadata.name)
    expect(metadata.labels).toEqual({ again: 'yes' })
    expect(spec.revoked).toMatchObject({ by: { username: 'bob' }, message: 'done' })
  })
})

test.each([
  ['apply', ['apply', '-f', '-']],
  ['replace', ['replace', '-f', '-']],
])('kubectl %s of a file with a requestor written by hand still says who asked', async (way, args) => {
  const name = `by-hand-${way}`
  await applied('alice', requestFile(namespace, name))

  await kubectlOk('mallory', args, labelled(requestFile(namespace, name, { requestor: { username: 'mallory' } }), 'x'))

  expect((await storedRequest(namespace, name)).spec.requestor?.username).toBe('alice')
})

test('what was asked cannot be changed by applying another file', async () => {
  await applied('alice', requestFile(namespace, 'changed'))

  const { stderr } = await kubectl(
    'alice',
    ['apply', '-f', '-'],
    JSON.stringify(requestFile(namespace, 'changed', { exec: { pod: 'web-0', command: ['sh'] } })),
  )

  expect(stderr).toContain('spec.exec cannot be changed: what was asked stays; make another request')
})

testOnNode('an access that is used stays as it is while its files are applied again', async () => {
  const before = await access(namespace, 'used')
  const { status } = before
  const digest = status?.shortDigest

  await kubectlOk('alice', ['apply', '-f', '-'], labelled(requestFile(namespace, 'used'), 'again'))
  await kubectlOk('bob', ['apply', '-f', '-'], JSON.stringify(grantFile(namespace, 'used', { digest })))

  const after = await storedRequest(namespace, 'used')
  expect(after.status).toEqual(status)
})

// The approvers' ClusterRole lets them create grants and never change them, so kubectl must not need to.
describe('the file of a grant', () => {
  testOnNode('is applied twice by its approver, and by another', async () => {
    const { digest } = await ask(namespace, 'grant-twice')
    const file = grantFile(namespace, 'grant-twice', { digest })
    const outputs = []
    for (const user of ['bob', 'bob', 'carol'] as const) outputs.push(await applied(user, file))

    expect(outputs.map((output) => output.trim().split(' ').at(-1))).toEqual(['created', 'unchanged', 'unchanged'])
  })

  testOnNode('is applied twice server-side by its approver', async () => {
    const { digest } = await ask(namespace, 'grant-server-side')
    const file = JSON.stringify(grantFile(namespace, 'grant-server-side', { digest }))

    await kubectlOk('bob', ['apply', '--server-side', '-f', '-'], file)
    await kubectlOk('bob', ['apply', '--server-side', '-f', '-'], file)
  })

  testOnNode.each(waysToWrite)('keeps who granted when an administrator does %s', async (way, args) => {
    const name = `grant-${way}`
    const { digest } = await ask(namespace, name)
    const file = grantFile(namespace, name, { digest })
    await applied('bob', file)

    await kubectlOk('admin', args, labelled(file, 'again'))

    const grant = JSON.parse(await admin(['get', 'agrant', name, '-n', namespace, '-o', 'json'])) as object
    expect(grant).toMatchObject({
      metadata: { generation: 1, labels: { again: 'yes' } },
      spec: { grantedBy: { username: 'bob' }, digest },
    })
  })
})
