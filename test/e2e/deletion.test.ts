import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { accessRecordKind, debugRecordName } from '../../src/api/kinds/access-record.ts'
import { toMicroTime } from '../../src/api/micro-time.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { installation } from '../../src/api/installation.ts'
import { access, accessNamespace, applied, ask, deniedExec, exec, madeFor, requestFile } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
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
// The garbage collector looks for new kinds every 30 s, and does not know ours before.
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
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
)

/** Makes an access, a request that waits for a grant, and a request whose pod does not exist. */
async function fill(name: string): Promise<void> {
  await access(name, 'live')
  await ask(name, 'waiting')
  await applied('alice', requestFile(name, 'unresolved', { exec: { pod: 'none', waitForPod: true } }))
}

const recordsOf = (uid: string): Promise<string> =>
  admin(['get', 'arec', '-n', installation.namespace, `--field-selector=spec.request.uid=${uid}`, '-o', 'name'])
let used: string

testOnNode('that a request was used stays known when it is gone: a gate may have read it just before', async () => {
  const { metadata } = await access(namespace, 'used', { once: true })
  used = metadata.uid
  const { code } = await exec('alice', namespace)
  await debugNoted(metadata)
  await kubectlOk('alice', ['delete', 'areq', 'used', '-n', namespace, inTime])
  await until('its RBAC is gone', async () => (await madeFor(namespace, used)).length === 0)

  expect(code).toBe(0)
  expect((await recordsOf(used)).trim().split('\n').sort()).toEqual([
    'accessrecord.access.sallyport.dev/debug-pod-uid-debugger',
    `accessrecord.access.sallyport.dev/use-${used}`,
  ])
})

/** Writes the note that the gate writes for a debug container. */
async function debugNoted({ name, uid }: { readonly name: string; readonly uid: string }): Promise<void> {
  const sallyport = clientOf({ kubeconfig: join(gate.folder, 'kubeconfig') })
  const debug = { username: 'alice', pod: 'web-0', podUID: 'pod-uid', container: 'debugger', digest: 'a'.repeat(64) }
  await sallyport.create(accessRecordKind, {
    apiVersion: accessRecordKind.apiVersion,
    kind: accessRecordKind.kind,
    metadata: { name: debugRecordName(debug.podUID, debug.container), namespace: installation.namespace },
    spec: {
      id: 'debugged',
      type: 'dev.sallyport.debug.added.v1',
      time: toMicroTime(Date.now()),
      request: { namespace, name, uid },
      debug,
    },
  })
  await sallyport.close()
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
  // With foreground deletion, it stays until the objects that it owns are gone.
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: held })
  await stopController(gate)

  await kubectlOk('alice', ['delete', 'areq', 'ending', '-n', namespace, '--cascade=foreground', '--wait=false'])
  const denied = await deniedExec('alice', namespace)
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...held, finalizers: [] } })
  await startController(gate)

  expect(denied).toContain('Request ending for pod deletion/web-0 ended')
  expect(denied).toContain('the request is being deleted (E_ENDED)')
  await admin(['wait', 'areq/ending', '-n', namespace, '--for=delete', inTime])
})

testOnNode('a namespace with live requests is deleted', async () => {
  await fill(whileUp)

  await admin(['delete', 'namespace', whileUp, inTime])

  const left = await admin(['get', 'roles,rolebindings', '-A', '-l', requestUidLabel, '-o', 'name'])
  expect(left).toBe('')
})

testOnNode('in the end nothing is noted any more of a request that is gone', async () => {
  await until('its records are gone', async () => (await recordsOf(used)) === '', 60_000)
})

// This test is last: it ends the gate of this suite.
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
