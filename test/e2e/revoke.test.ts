import { expect, test } from '@jest/globals'
import { applied, binding, requestFile, revoke, storedRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { apply, kubectl } from '../fixtures/kubectl.ts'

const namespace = 'revoke'

gatedNamespace(namespace, async () => {
  await apply(binding(namespace, 'edit', 'mallory'))
})

test.each(['alice', 'bob'] as const)('%s may revoke what alice asked for', async (user) => {
  await applied('alice', requestFile(namespace, `by-${user}`))

  const { code } = await revoke(user, namespace, `by-${user}`)

  const { spec } = await storedRequest(namespace, `by-${user}`)
  expect(code).toBe(0)
  expect(spec.revoked).toMatchObject({ by: { username: user }, message: 'done' })
})

test('a stranger with edit rights may not, and is told who may', async () => {
  await applied('alice', requestFile(namespace, 'stranger'))

  const { code, stderr } = await revoke('mallory', namespace, 'stranger')

  expect(code).toBe(1)
  expect(stderr).toContain(
    'mallory did not make request stranger, and may not decide it (E_REVOKE). Ask the requestor or an approver to revoke it.',
  )
  expect((await storedRequest(namespace, 'stranger')).spec.revoked).toBeUndefined()
})

test('nobody takes a revocation back, or puts another name to it', async () => {
  await applied('alice', requestFile(namespace, 'final'))
  await revoke('bob', namespace, 'final')
  const { spec: before } = await storedRequest(namespace, 'final')

  const patches = [
    { spec: { revoked: null } },
    { spec: { revoked: { message: 'another' } } },
    { spec: { revoked: { by: { username: 'alice' } } } },
  ]
  for (const patch of patches) {
    await kubectl('admin', ['patch', 'areq', 'final', '-n', namespace, '--type=merge', '-p', JSON.stringify(patch)])
  }

  expect((await storedRequest(namespace, 'final')).spec).toEqual(before)
})
