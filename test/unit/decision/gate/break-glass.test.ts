import { expect, test } from '@jest/globals'
import { explainUnbroken } from '../../../../src/decision/gate/break-glass.ts'
import { allowed, denied } from '../../../../src/decision/decision.ts'

const credentialId = 'authentication.kubernetes.io/credential-id'
const policy = {
  breakGlass: { subjects: [{ kind: 'Group', name: 'on-call' }] },
  identity: { proofKeys: [credentialId], impersonation: 'Deny' },
} as const
const denial = denied('E_NO_PASS', 'carol has no access')
const carol = { username: 'carol', groups: ['on-call'] }

test('who is named and impersonated is told why the glass did not break', () => {
  expect(explainUnbroken(denial, carol, policy)).toMatchObject({
    verdict: 'deny',
    code: 'E_IMPERSONATED',
    message: expect.stringContaining(
      'carol may use break-glass, but only with a direct login (E_IMPERSONATED). Log in',
    ),
  })
})

test.each([
  ['is not named', { ...carol, groups: ['dev'] }, policy],
  ['is logged in directly', { ...carol, extra: { [credentialId]: ['JTI=1'] } }, policy],
  ['is logged in directly, by a login with a uid', { ...carol, uid: '4f1c' }, policy],
  ['needs no proof', carol, { ...policy, identity: { ...policy.identity, impersonation: 'Record' } } as const],
])('who %s is told what everybody is told', (_title, user, given) => {
  expect(explainUnbroken(denial, user, given)).toBe(denial)
})

test('an allow stays as it is', () => {
  const access = allowed('ACCESS', 'granted')

  expect(explainUnbroken(access, carol, policy)).toBe(access)
})
