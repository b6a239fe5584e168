import { beforeAll, expect, test } from '@jest/globals'
import {
  access,
  accessNamespace,
  ask,
  deniedExec,
  ended,
  exec,
  grantFile,
  refusedApply,
  requestFile,
} from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'direct-requests'
const testOnNode = testWithNode()
const bounded = {
  requests: {
    direct: {
      maxDuration: '1h',
      reviewers: [{ kind: 'User', name: 'bob' }],
      reason: { required: true, pattern: '^OPS-' },
    },
  },
}

let gate: DevGate

beforeAll(async () => {
  await accessNamespace(namespace)
  if (testOnNode === test) await runningPod(namespace, 'web-0')
  gate = await startDevGate(bounded)
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

test.each<[string, object, string]>([
  ['for too long', { duration: '61m' }, 'for at most 1h, and spec.duration is 61m (E_REQUEST_DIRECT)'],
  [
    'without a reason',
    { reason: undefined },
    'only with a reason in spec.reason that matches ^OPS- (E_REQUEST_DIRECT)',
  ],
  ['with another reason', { reason: 'because' }, 'spec.reason does not match ^OPS-'],
])('a request without a template %s is refused, and the text names templates', async (_title, spec, text) => {
  const refusal = await refusedApply('alice', requestFile(namespace, 'bounded', spec))

  expect(refusal).toContain(text)
  expect(refusal).toContain(
    `ask under a template. See what is offered: kubectl get accesstemplates,clusteraccesstemplates -n ${namespace}`,
  )
})

testOnNode('only who the config names decides it; a config that forbids it ends the access', async () => {
  const { digest } = await ask(namespace, 'waiting')
  expect(await refusedApply('carol', grantFile(namespace, 'waiting', { digest }))).toContain(
    'carol is no reviewer of request waiting (E_GRANT_REVIEWER)',
  )
  await access(namespace, 'live')
  expect((await exec('alice', namespace)).code).toBe(0)

  await gate.stop()
  gate = await startDevGate({ requests: { direct: { allow: false } } })

  const why = 'Sallyport takes no request without a template here'
  expect(await deniedExec('alice', namespace)).toContain(why)
  expect(await ended(namespace, 'live', 'Revoked')).toBe(why)
  expect(await ended(namespace, 'waiting', 'Failed')).toBe(why)
  expect(await refusedApply('alice', requestFile(namespace, 'another'))).toContain(`${why} (E_REQUEST_DIRECT)`)
})
