import { beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import { installation } from '../../src/api/installation.ts'
import { passName } from '../../src/decision/pod/pass-name.ts'
import {
  access,
  accessNamespace,
  applied,
  deniedExec,
  exec,
  grantFile,
  refusedApply,
  requestFile,
  storedRequest,
} from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectlRefused } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'forgery'
const testOnNode = testWithNode()
const on = ['-n', namespace]
const sallyportOnly = (resource: string): string =>
  `E_SALLYPORT_ONLY: ${resource} is written only by Sallyport, logged in as its own service account`

// So the leader does not make the configurations anew that a test deletes.
const config = { selfCheck: { onDifference: 'Report' } }

let gate: DevGate

beforeAll(async () => {
  await accessNamespace(namespace)
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate(config)
  await applied('alice', requestFile(namespace, 'waiting'))
  await (testOnNode === test ? access(namespace, 'live') : undefined)
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

/** Returns the refusal of a merge patch by cluster-admin. */
function patched(what: readonly string[], patch: object): Promise<string> {
  return kubectlRefused('admin', ['patch', ...what, ...on, '--type=merge', '-p', JSON.stringify(patch)])
}

function created(kind: string, where: { name: string; namespace: string }, spec: object): Promise<string> {
  return kubectlRefused('admin', ['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata: where, spec }))
}

/** Tests all that cluster-admin cannot do, with and without webhooks. */
function refusals(): void {
  test('a cluster-admin cannot edit what was asked', async () => {
    const text = await patched(['areq', 'waiting'], { spec: { exec: { command: ['sh'] }, duration: '8760h' } })

    expect(text).toContain('spec.exec cannot be changed: what was asked stays; make another request')
    expect(text).toContain('spec.duration cannot be changed')
  })

  testOnNode('nor a verdict', async () => {
    const text = await patched(['agrant', 'live'], { spec: { requestRef: { name: 'waiting' } } })

    expect(text).toContain('spec cannot be changed: a verdict stays; delete the grant to withdraw it, or make another')
  })

  test('nor write a status', async () => {
    const status = { phase: 'Active', expiresAt: '2099-01-01T00:00:00.000000Z' }

    const text = await patched(['areq', 'waiting', '--subresource=status'], { status })

    expect(text).toContain(sallyportOnly('accessrequests/status'))
  })

  test('nor make a pass', async () => {
    const name = passName('mallory', 'web-0')

    const text = await created('AccessPass', { name, namespace }, { username: 'mallory', pod: 'web-0', requests: [] })

    expect(text).toContain(sallyportOnly('accesspasses'))
  })

  testOnNode('nor change or delete one', async () => {
    const pass = ['apass', passName('alice', 'web-0')]

    expect(await patched(pass, { spec: { username: 'mallory' } })).toContain(sallyportOnly('accesspasses'))
    expect(await kubectlRefused('admin', ['delete', ...pass, ...on])).toContain(sallyportOnly('accesspasses'))
  })

  test('nor make the record of a use', async () => {
    const { uid } = (await storedRequest(namespace, 'waiting')).metadata

    const text = await created(
      'AccessRecord',
      { name: `use-${uid}`, namespace: installation.namespace },
      {
        id: 'd-1',
        type: 'dev.sallyport.access.used.v1',
        time: '2026-11-22T08:00:00.000000Z',
        request: { namespace, name: 'waiting', uid },
        use: { username: 'alice', pod: 'web-0', podUID: 'p', container: 'app' },
      },
    )

    expect(text).toContain(sallyportOnly('accessrecords'))
  })

  test('nor hold a request by a finalizer', async () => {
    const text = await patched(['areq', 'waiting'], { metadata: { finalizers: ['example.com/hold'] } })

    expect(text).toContain('E_FOREIGN_METADATA: the finalizer example.com/hold may be added only by Sallyport')
  })
}

describe('with our webhooks', refusals)

describe('with all of our webhook configurations deleted', () => {
  beforeAll(async () => {
    for (const kind of ['mutating', 'validating']) {
      await admin(['delete', `${kind}webhookconfiguration`, installation.name])
    }
    // It takes the API server a moment to know.
    await until('nobody stamps any more', async () =>
      (await refusedApply('alice', requestFile(namespace, 'probe')).catch(() => 'stamped')).includes('is missing'),
    )
  })

  refusals()

  test('nobody asks, and the text says whom to tell', async () => {
    const text = await refusedApply('alice', requestFile(namespace, 'unstamped'))

    expect(text).toContain("spec.requestor is missing: Sallyport's webhook stamps it at admission, and did not run")
  })

  test('nobody asks in the name of another', async () => {
    const forged = requestFile(namespace, 'forged', { requestor: { username: 'bob', groups: ['sre'] } })

    const texts = [await refusedApply('alice', forged), await refusedApply('admin', forged)]

    expect(texts[0]).toContain('E_FORGED_IDENTITY: spec.requestor says bob')
    expect(texts[0]).toContain('the login is alice: leave it out, it is stamped at admission')
    expect(texts[1]).toContain('E_FORGED_IDENTITY: spec.requestor says bob')
  })

  test('nor grants', async () => {
    const { uid } = (await storedRequest(namespace, 'waiting')).metadata
    const forged = grantFile(namespace, 'forged', {
      requestRef: { name: 'waiting', uid },
      digest: '0123456789ab',
      grantedBy: { username: 'bob', groups: ['sre'] },
    })

    expect(await refusedApply('carol', forged)).toContain('E_FORGED_IDENTITY: spec.grantedBy says bob')
    expect(await refusedApply('admin', forged)).toContain(`the login is ${administrator().username}: leave it out`)
  })
})

testOnNode('a gate that starts again lets in who was let in, and nobody else', async () => {
  await gate.stop()
  gate = await startDevGate(config)
  await mayExec(namespace, 'mallory')

  expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  expect(await deniedExec('mallory', namespace)).toContain('(E_NO_PASS)')
})
