import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { requestUidLabel } from '../../src/provision/exec-objects.ts'
import { access, accessNamespace, applied, ask, deniedExec, madeFor, requestFile } from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, apply, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'deletion'
const whileUp = 'deletion-up'
const whileDown = 'deletion-down'
const testOnNode = testWithNode()
// The garbage collector looks for new kinds every 30 s, and until then it knows none of ours.
const inTime = '--timeout=55s'

let gate: DevGate

beforeAll(async () => {
  for (const name of [namespace, whileUp, whileDown]) {
    await accessNamespace(name)
    await (testOnNode === test ? runningPod(name, 'web-0') : undefined)
  }
  await mayExec(namespace, 'alice')
  gate = await startDevGate()
})
afterAll(async () => {
  await admin(['delete', 'namespace', namespace, '--wait=false'])
  await gate.stop()
})

/** An access, a request that waits for a grant, and one whose pod does not exist. */
async function fill(name: string): Promise<void> {
  await access(name, 'live')
  await ask(name, 'waiting')
  await applied('alice', requestFile(name, 'unresolved', { exec: { pod: 'none' } }))
}

describe('a live request is deleted with', () => {
  testOnNode.each(['background', 'foreground', 'orphan'])('--cascade=%s, and nothing of it stays', async (cascade) => {
    const { metadata } = await access(namespace, cascade)

    const deleted = await kubectl('alice', ['delete', 'areq', cascade, '-n', namespace, `--cascade=${cascade}`, inTime])
    const denied = await deniedExec('alice', namespace)

    expect(deleted).toMatchObject({ code: 0 })
    expect(denied).toContain('alice has no access to pod deletion/web-0 (E_NO_PASS)')
    await until('its RBAC is gone', async () => (await madeFor(namespace, metadata.uid)).length === 0)
    await until('its grant is gone', async () => {
      const { code } = await kubectl('bob', ['get', 'agrant', cascade, '-n', namespace])
      return code !== 0
    })
  })
})

testOnNode('a request that is being deleted for long gives no access any more', async () => {
  const { apiVersion, kind, metadata } = await access(namespace, 'ending')
  const owner = { apiVersion, kind, name: 'ending', uid: metadata.uid, blockOwnerDeletion: true }
  const where = { name: 'holder', namespace }
  const held = { ...where, finalizers: ['example.com/hold'], ownerReferences: [owner] }
  // In the foreground it stays until what it owns is gone.
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: held })
  await stopController(gate)

  await kubectlOk('alice', ['delete', 'areq', 'ending', '-n', namespace, '--cascade=foreground', '--wait=false'])
  const denied = await deniedExec('alice', namespace)
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...held, finalizers: [] } })
  await startController(gate)

  expect(denied).toContain('The access of request ending to pod deletion/web-0 has ended')
  expect(denied).toContain('the request is being deleted (E_ENDED)')
  await admin(['wait', 'areq/ending', '-n', namespace, '--for=delete', inTime])
})

testOnNode('a namespace with live requests is deleted', async () => {
  await fill(whileUp)

  await admin(['delete', 'namespace', whileUp, inTime])

  const left = await admin(['get', 'roles,rolebindings', '-A', '-l', requestUidLabel, '-o', 'name'])
  expect(left).toBe('')
})

// Last: it ends this suite's gate.
testOnNode('also while the gate is down and its webhook configurations are there', async () => {
  await fill(whileDown)
  process.kill(gate.pid, 'SIGKILL')
  await until('nobody answers', async () => {
    const { stderr } = await kubectl('alice', ['create', '-f', '-'], JSON.stringify(requestFile(whileDown, 'probe')))
    return stderr.includes('failed calling webhook "requests.access.sallyport.dev"')
  })

  const deleted = await kubectl('admin', ['delete', 'namespace', whileDown, inTime])

  expect(deleted).toMatchObject({ code: 0 })
  expect(await admin(['get', 'mutatingwebhookconfiguration', 'sallyport', '-o', 'name'])).toContain('sallyport')
})
