import { expect, test } from '@jest/globals'
import { applied, binding, deniedExec, exec, refusedApply, requestFile, storedRequest } from '../fixtures/access.ts'
import { certificateLogin } from '../fixtures/certificate-login.ts'
import { challengedIn } from '../fixtures/challenges.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { apply, type KubectlUser } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'

// One user leaves the group that the template is for. The other is in no such group: a service account.

const namespace = 'membership'
const testOnNode = testWithNode()
const { offer, ask, ready } = challengedIn(namespace)

gatedPod(namespace)

testOnNode('who left the group of the template is not let in with a new login, and is told so', async () => {
  await offer('members', [])
  await ask('members')
  await ready('members')
  const left = await certificateLogin('alice', 'guests')

  const denial = await deniedExec(left, namespace)

  expect(denial).toContain('AccessTemplate members is for group dev, but this login of alice is not one of them')
  expect(denial).toContain('(E_TEMPLATE_NOT_YOURS)')
  expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  expect((await storedRequest(namespace, 'members')).status?.phase).toBe('Active')
})

testOnNode('a template may have it that membership counts at the request only', async () => {
  await offer('lasting', [], { membership: 'AtRequest' })
  await ask('lasting')
  await ready('lasting')

  expect(await exec(await certificateLogin('alice', 'guests'), namespace)).toMatchObject({ code: 0 })
})

/** Returns the login of a service account that RBAC lets ask. */
async function asking(name: string): Promise<KubectlUser> {
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  const bound = binding(namespace, 'sallyport-requestor', name)
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }, { ...bound, subjects })
  return serviceAccountLogin(namespace, name)
}

test('a service account asks for nothing without a template', async () => {
  expect(await refusedApply(await asking('ci'), requestFile(namespace, 'by-account'))).toContain(
    `system:serviceaccount:${namespace}:ci is a service account, and may only ask under a template (E_REQUEST_SERVICE_ACCOUNT)`,
  )
})

test('nor under one whose subjects name it by a group that everybody is in', async () => {
  const login = await asking('everybody')
  await offer('everybody', [], { subjects: [{ kind: 'Group', name: 'system:authenticated' }] })
  const file = requestFile(namespace, 'by-everybody', { templateRef: { kind: 'AccessTemplate', name: 'everybody' } })

  expect(await refusedApply(login, file)).toContain('(E_TEMPLATE_NOT_YOURS)')
  await applied('alice', file)
})

testOnNode('under one that names it, it asks and is let in', async () => {
  const login = await asking('named')
  await offer('named', [], { subjects: [{ kind: 'ServiceAccount', name: 'named', namespace }] })
  await ask('named', {}, login)
  await ready('named')

  expect(await exec(login, namespace)).toMatchObject({ code: 0 })
})
