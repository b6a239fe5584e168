import { expect, test } from '@jest/globals'
import { applied, ask, grantFile, refusedApply, requestFile, revoke, storedRequest } from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { admin } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'identity'
const testOnNode = testWithNode()
const carol = { username: 'carol', groups: ['sre', 'system:masters'] }

gatedPod(namespace)

test('a requestor written by hand is overwritten with who is logged in', async () => {
  await applied('alice', requestFile(namespace, 'by-hand', { requestor: carol }))

  const { spec } = await storedRequest(namespace, 'by-hand')
  expect(spec.requestor).toEqual({ username: 'alice', groups: ['dev', 'system:authenticated'] })
})

test('a request cannot be born revoked, by whomever the file says', async () => {
  await applied('alice', requestFile(namespace, 'born-revoked', { revoked: { by: carol, message: 'x' } }))

  const { spec } = await storedRequest(namespace, 'born-revoked')
  expect(spec.revoked).toBeUndefined()
})

test('revoked.by written by hand is overwritten with who is logged in', async () => {
  await applied('alice', requestFile(namespace, 'revoked'))

  await revoke('alice', namespace, 'revoked', { by: carol })

  const { spec } = await storedRequest(namespace, 'revoked')
  expect(spec.revoked).toEqual({
    message: 'done',
    by: { username: 'alice', groups: ['dev', 'system:authenticated'] },
  })
})

testOnNode('grantedBy written by hand is overwritten, and requestRef.uid is filled in', async () => {
  const { uid, digest } = await ask(namespace, 'granted')

  await applied('bob', grantFile(namespace, 'granted', { digest, grantedBy: carol }))

  const grant = JSON.parse(await admin(['get', 'agrant', 'granted', '-n', namespace, '-o', 'json'])) as object
  expect(grant).toMatchObject({
    spec: {
      requestRef: { name: 'granted', uid },
      grantedBy: { username: 'bob', groups: ['sre', 'system:authenticated'] },
    },
  })
})

testOnNode('requestRef.uid written by hand must be that of the request', async () => {
  const { uid, digest } = await ask(namespace, 'by-uid')
  const other = '00000000-0000-4000-8000-000000000000'

  const refusal = await refusedApply(
    'bob',
    grantFile(namespace, 'by-uid', { digest, requestRef: { name: 'by-uid', uid: other } }),
  )
  await applied('bob', grantFile(namespace, 'by-uid', { digest, requestRef: { name: 'by-uid', uid } }))

  expect(refusal).toContain(
    `Request by-uid does not have uid ${other}: it was deleted and made again (E_GRANT_REQUEST)`,
  )
  expect(refusal).toContain(`See those that are there:\nkubectl get areq -n ${namespace}\n`)
})
