import { beforeAll, describe, expect, test } from '@jest/globals'
import { access, binding, deniedExec, ended, exec, madeFor, revoke, storedRequest } from '../fixtures/access.ts'
import { clientOf, patchStatus } from '../fixtures/api-client.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectlOk, kubectlRefused } from '../fixtures/kubectl.ts'
import { startController, stopController } from '../fixtures/leadership.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { installation } from '../../src/api/installation.ts'

const namespace = 'ends'
const on = ['-n', namespace]
const testOnNode = testWithNode()

const gate = gatedNamespace(namespace, async () => {
  // alice has a standing role, so a denial comes from the gate and not from missing RBAC.
  await mayExec(namespace, 'alice')
})

interface Ending {
  readonly way: string
  readonly end: (name: string) => Promise<unknown>
  /** The gate's denial before a controller has seen the end. */
  readonly says: RegExp
  /** Phase and message, if the request is still there. */
  readonly becomes?: readonly [string, string]
}

const endings: readonly Ending[] = [
  {
    way: 'revoked-by-requestor',
    end: (name) => revoke('alice', namespace, name),
    says: / ended( at \S+Z)?: alice revoked it \(E_ENDED\)\. Ask, and go in:/,
    becomes: ['Revoked', 'alice revoked it: done'],
  },
  {
    way: 'revoked-by-approver',
    end: (name) => revoke('carol', namespace, name),
    says: / ended( at \S+Z)?: carol revoked it \(E_ENDED\)/,
    becomes: ['Revoked', 'carol revoked it: done'],
  },
  {
    way: 'request-deleted',
    end: (name) => kubectlOk('alice', ['delete', 'areq', name, ...on, '--timeout=50s']),
    says: /alice has no access to pod ends\/\S+ \(E_NO_PASS\)/,
  },
  {
    way: 'grant-deleted',
    end: (name) => kubectlOk('carol', ['delete', 'agrant', name, ...on, '--timeout=50s']),
    says: / ended( at \S+Z)?: grant \S+ of bob was withdrawn \(E_ENDED\)/,
    becomes: ['Revoked', 'grant grant-deleted of bob was withdrawn'],
  },
]

/** Begins an access. Each has a pod of its own, so that the denials of other requests do not matter. */
async function begin(name: string, spec: object = {}): Promise<{ uid: string; expiresAt: number }> {
  await runningPod(namespace, name)
  return beginIn(name, spec)
}

async function beginIn(name: string, spec: object = {}): Promise<{ uid: string; expiresAt: number }> {
  const exec = { pod: name, container: 'app', command: ['id'] }
  const { metadata, status } = await access(namespace, name, { exec, ...spec })
  return { uid: metadata.uid, expiresAt: Date.parse(status?.expiresAt ?? '') }
}

describe('with the controller running the next exec is denied', () => {
  const uids = new Map<string, string>()

  beforeAll(async () => {
    if (testOnNode !== test) return
    const begun = endings.map(async ({ way }) => [way, (await begin(way)).uid] as const)
    for (const [way, uid] of await Promise.all(begun)) uids.set(way, uid)
  })

  testOnNode.each(endings)('$way', async ({ way, end, becomes }) => {
    const uid = uids.get(way) ?? ''
    const before = await exec('alice', namespace, { pod: way })

    await end(way)
    const denied = await deniedExec('alice', namespace, { pod: way })

    expect(before).toMatchObject({ code: 0 })
    expect(denied).toMatch(/\((E_ENDED|E_NO_PASS)\)/)
    if (becomes) expect(await ended(namespace, way, becomes[0])).toBe(becomes[1])
    await until('its RBAC is gone', async () => (await madeFor(namespace, uid)).length === 0)
  })
})

describe('with the controller stopped', () => {
  const stopped = (way: string): string => `stopped-${way}`
  let short: { uid: string; expiresAt: number }

  beforeAll(async () => {
    if (testOnNode !== test) return
    await Promise.all([
      runningPod(namespace, 'expiring'),
      ...endings.map(({ way }) => begin(stopped(way))),
      ...['final', 'recreated', 'untouched'].map((name) => begin(name)),
    ])
    // Long enough for the controller to stop before it.
    short = await beginIn('expiring', { duration: '8s' })
    await stopController(gate())
    expect((await storedRequest(namespace, 'expiring')).status?.phase).toBe('Active')
    expect(await exec('alice', namespace, { pod: 'expiring' })).toMatchObject({ code: 0 })
  })

  testOnNode.each(endings)('the next exec is denied: $way', async ({ way, end, says }) => {
    const name = stopped(way)
    const before = await exec('alice', namespace, { pod: name })

    await end(name)
    const denied = await deniedExec('alice', namespace, { pod: name })

    expect(before).toMatchObject({ code: 0 })
    expect(denied).toMatch(says)
  })

  testOnNode('the next exec is denied once a final phase is written, whatever else was still to do', async () => {
    const { namespace: home, serviceAccount } = installation
    const sallyport = clientOf(await serviceAccountLogin(home, serviceAccount))
    const status = { phase: 'Failed', message: 'this was its last write' }
    const before = await exec('alice', namespace, { pod: 'final' })

    await patchStatus(sallyport, accessRequestKind, { metadata: { name: 'final', namespace } }, status)
    await sallyport.close()
    const denied = await deniedExec('alice', namespace, { pod: 'final' })

    expect(before).toMatchObject({ code: 0 })
    expect(denied).toContain('ended: this was its last write (E_ENDED)')
  })

  testOnNode('the next exec is denied where the pod is another of the same name', async () => {
    const before = await exec('alice', namespace, { pod: 'recreated' })

    await admin(['delete', 'pod', 'recreated', ...on])
    await runningPod(namespace, 'recreated')
    const denied = await deniedExec('alice', namespace, { pod: 'recreated' })

    expect(before).toMatchObject({ code: 0 })
    expect(denied).toContain('ended: pod recreated was replaced by another of the same name (E_ENDED)')
  })

  testOnNode('what nobody has ended still works', async () => {
    expect(await exec('alice', namespace, { pod: 'untouched' })).toMatchObject({ code: 0 })
  })

  // Its time passes while the other tests run.
  testOnNode('an access ends at expiresAt', async () => {
    await until('its time is over', () => Date.now() >= short.expiresAt)
    const denied = await deniedExec('alice', namespace, { pod: 'expiring' })

    expect(denied).toMatch(/ ended at \S+Z: its time is over \(E_ENDED\)\. Ask, and go in:/)
    // No controller has written that it has ended.
    expect((await storedRequest(namespace, 'expiring')).status?.phase).toBe('Active')
    expect(await madeFor(namespace, short.uid)).toHaveLength(2)
  })

  testOnNode('a controller that starts again ends what has ended, and leaves the rest as it was', async () => {
    const { status } = await storedRequest(namespace, 'untouched')

    await startController(gate())

    expect(await ended(namespace, 'expiring', 'Expired')).toBe('its time is over')
    for (const { way, becomes } of endings) if (becomes) await ended(namespace, stopped(way), becomes[0])
    const left = async (): Promise<string[]> =>
      (await admin(['get', 'rolebindings', ...on, '-l', 'access.sallyport.dev/request-uid', '-o', 'name']))
        .trim()
        .split('\n')
    await until('only what was not ended has RBAC', async () => (await left()).length === 1)
    expect((await storedRequest(namespace, 'untouched')).status).toEqual(status)
    expect(await exec('alice', namespace, { pod: 'untouched' })).toMatchObject({ code: 0 })
  })
})

testOnNode('a grant is deleted by approvers alone', async () => {
  await apply(binding(namespace, 'edit', 'mallory'))
  await begin('kept')

  const refusal = await kubectlRefused('mallory', ['delete', 'agrant', 'kept', ...on])

  expect(refusal).toContain('cannot delete resource "accessgrants"')
  expect(await exec('alice', namespace, { pod: 'kept' })).toMatchObject({ code: 0 })
})
