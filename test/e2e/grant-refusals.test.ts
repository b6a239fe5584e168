import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import {
  access,
  accessNamespace,
  applied,
  ask,
  asked,
  binding,
  ended,
  grantFile,
  refusedApply,
  requestFile,
  revoke,
} from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, apply, kubectlOk, kubectlRefused } from '../fixtures/kubectl.ts'
import { canI } from '../fixtures/roles.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'grant-refusals'
const elsewhere = 'grant-refusals-elsewhere'
const testOnNode = testWithNode()

let gate: DevGate

beforeAll(async () => {
  for (const name of [namespace, elsewhere]) await accessNamespace(name)
  // She may also grant, but not her own request.
  await apply(binding(namespace, 'sallyport-approver', 'alice'))
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate()
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, elsewhere, '--wait=false']),
  () => gate.stop(),
)

testOnNode('nobody grants a request of their own', async () => {
  const { digest } = await ask(namespace, 'self')

  const refusal = await refusedApply('alice', grantFile(namespace, 'self', { digest }))

  expect(refusal).toContain(
    'alice made request self and may not decide it (E_GRANT_SELF). Ask somebody else to look at it.',
  )
})

testOnNode('an approval without a digest is refused, and the text says how to look at it', async () => {
  const { digest } = await ask(namespace, 'no-digest')

  const refusal = await refusedApply('bob', grantFile(namespace, 'no-digest'))

  expect(refusal).toContain('An approval of no-digest must say what it approves in spec.digest (E_GRANT_DIGEST)')
  expect(refusal).toContain(`quote its digest:\nkubectl get areq no-digest -n ${namespace} -o yaml`)
  // An approver must look.
  expect(refusal).not.toContain(digest)
})

testOnNode('so is one with the digest of another request', async () => {
  const { digest } = await ask(namespace, 'other-digest')
  const other = await ask(namespace, 'shell', { exec: { pod: 'web-0' } })

  const refusal = await refusedApply('bob', grantFile(namespace, 'other-digest', { digest: other.digest }))

  expect(refusal).toContain(
    `Request other-digest is not what you looked at: spec.digest is ${other.digest}, ` +
      `and its digest is ${digest} now (E_GRANT_DIGEST)`,
  )
})

testOnNode('a verdict Denied needs no digest', async () => {
  await ask(namespace, 'denied')

  await applied('bob', grantFile(namespace, 'denied', { verdict: 'Denied' }))

  expect(await ended(namespace, 'denied', 'Denied')).toBe('bob denied it')
})

testOnNode('a request deleted and made anew under its name is another: its digest and its uid are', async () => {
  const first = await ask(namespace, 'anew')
  await kubectlOk('alice', ['delete', 'areq', 'anew', '-n', namespace, '--timeout=50s'])
  await applied('alice', requestFile(namespace, 'anew'))
  const second = await asked(namespace, 'anew')

  const byDigest = await refusedApply('bob', grantFile(namespace, 'anew', { digest: first.digest }))
  const byUid = await refusedApply(
    'bob',
    grantFile(namespace, 'anew', { digest: second.digest, requestRef: { name: 'anew', uid: first.uid } }),
  )

  expect(second.digest).not.toBe(first.digest)
  expect(byDigest).toMatch(/Request anew is not what you looked at: .*\(E_GRANT_DIGEST\)/)
  expect(byUid).toContain(
    `Request anew does not have uid ${first.uid}: it was deleted and made again (E_GRANT_REQUEST)`,
  )
})

test('who grants in a namespace sees its events and its pods', async () => {
  expect(await canI('bob', 'list', 'events', namespace)).toBe(true)
  expect(await canI('bob', 'get', 'pods', namespace)).toBe(true)
  expect(await canI('bob', 'create', 'pods/exec', namespace)).toBe(false)
  expect(await canI('bob', 'list', 'events')).toBe(false)
})

test('a request that is not there is named in the refusal', async () => {
  const refusal = await refusedApply('bob', grantFile(namespace, 'unknown', { digest: '0123456789ab' }))

  expect(refusal).toContain(`Request unknown does not exist in namespace ${namespace} (E_GRANT_REQUEST)`)
  expect(refusal).toContain(`See those that are there:\nkubectl get areq -n ${namespace}`)
})

testOnNode('a grant is for requests of its own namespace', async () => {
  const { digest } = await ask(namespace, 'here')

  const refusal = await refusedApply('bob', grantFile(elsewhere, 'here', { digest }))

  expect(refusal).toContain(`Request here does not exist in namespace ${elsewhere} (E_GRANT_REQUEST)`)
})

testOnNode('a request that has ended cannot be granted any more', async () => {
  const { digest } = await ask(namespace, 'finished')
  await revoke('alice', namespace, 'finished')
  await ended(namespace, 'finished', 'Revoked')

  const refusal = await refusedApply('bob', grantFile(namespace, 'finished', { digest }))

  expect(refusal).toContain('Request finished has ended (Revoked) (E_GRANT_REQUEST)')
})

testOnNode('a verdict Denied comes too late for what is approved, and the text says what ends it', async () => {
  await access(namespace, 'late')

  const refusal = await refusedApply('carol', {
    ...grantFile(namespace, 'late', { verdict: 'Denied' }),
    metadata: { name: 'late-denial', namespace },
  })

  expect(refusal).toContain('Request late is approved already (E_GRANT_LATE)')
  expect(refusal).toContain(`kubectl patch areq late -n ${namespace} --type=merge`)
})

testOnNode('an approval that nobody needs any more is refused with what is true now', async () => {
  const { status } = await access(namespace, 'enough')
  const again = (digest: string | undefined): Promise<string> =>
    refusedApply('carol', {
      ...grantFile(namespace, 'enough', { digest }),
      metadata: { name: 'enough-again', namespace },
    })
  const until = new Date(status?.expiresAt ?? '').toISOString().slice(0, 16).replace('T', ' ')

  expect(await again(status?.shortDigest)).toContain(
    `Request enough is active already, until ${until} UTC (E_GRANT_NEEDLESS). Nothing is left to approve.`,
  )
  // Whatever it quotes: there is nothing to look at.
  expect(await again(undefined)).toContain('(E_GRANT_NEEDLESS)')
})

testOnNode('who only impersonates an approver gives no verdict', async () => {
  const { digest } = await ask(namespace, 'impersonated')
  const as = ['--as=bob', '--as-group=sre', '--as-group=system:authenticated']

  const refusal = await kubectlRefused(
    'admin',
    [...as, 'apply', '-f', '-'],
    JSON.stringify(grantFile(namespace, 'impersonated', { digest })),
  )

  expect(refusal).toContain(
    'bob gives a verdict without proof of a direct login, as with kubectl --as (E_IMPERSONATED)',
  )
})

testOnNode('a service account gives no verdict, whatever it may do', async () => {
  const robot = await powerfulServiceAccount(namespace, 'robot')
  const { digest } = await ask(namespace, 'automatic')

  const refusal = await refusedApply(robot, grantFile(namespace, 'automatic', { digest }))

  expect(refusal).toContain(
    `system:serviceaccount:${namespace}:robot is a service account, and may not decide requests (E_GRANT_SERVICE_ACCOUNT)`,
  )
  expect(refusal).toContain('Ask a person to look at the request.')
})
