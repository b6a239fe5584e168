import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createApplySet } from '../../src/cluster/apply/apply-set.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { resources as knownResources } from '../../src/cluster/client/resources.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { statusFault } from '../faults/fault.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { openProxiedScene, type ProxiedScene } from './proxied-scene.ts'

const rbac = 'rbac.authorization.k8s.io/v1'
const { Pod: pods, Role: roles, RoleBinding: bindings } = knownResources
const resources = [pods, bindings, roles]
const label = 'example.com/owner'
const { signal } = new AbortController()

let scene: ProxiedScene
let proxy: FaultProxy
let client: Client
let count = 0
let owner: { readonly uid: string }

beforeAll(async () => {
  scene = await openProxiedScene('apply-set')
  ;({ proxy, client } = scene)
  // The controller manager makes it a little after the namespace. Without it no pod can be created.
  await waitUntil({ what: 'the default ServiceAccount', deadlineMs: 15_000 }, async () => {
    return (
      (await scene.admin.get(knownResources.ServiceAccount, { namespace: scene.namespace, name: 'default' })) !==
      undefined
    )
  })
})
afterAll(() => scene.close())
beforeEach(() => {
  proxy.startAfresh()
  owner = { uid: `uid-${(count += 1)}` }
})

const applySet = (...given: Parameters<ReturnType<typeof createApplySet>>) =>
  createApplySet({ client, resources, label, isNameOf: ({ uid }, name) => name.startsWith(`${uid}-`) })(...given)

const tally = async (...given: Parameters<typeof applySet>): Promise<object> => {
  const changes = await applySet(...given)
  const pruned = changes.filter(({ change }) => change === 'removed').length
  return { written: changes.length - pruned, pruned }
}

const metadata = (name: string) => ({
  name: `${owner.uid}-${name}`,
  namespace: scene.namespace,
  labels: { [label]: owner.uid },
})
const role = (verbs: string[]) => ({
  apiVersion: rbac,
  kind: 'Role',
  metadata: metadata('role'),
  rules: [{ apiGroups: [''], resources: ['pods'], resourceNames: ['web-0'], verbs }],
})
const binding = (roleName: string, user = 'alice') => ({
  apiVersion: rbac,
  kind: 'RoleBinding',
  metadata: metadata('binding'),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
})
const pod = (activeDeadlineSeconds: number) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata('pod'),
  spec: {
    activeDeadlineSeconds,
    terminationGracePeriodSeconds: 0,
    tolerations: [{ key: 'ours', operator: 'Exists' }],
    containers: [{ name: 'shell', image: 'example.com/shell:1' }],
  },
})
// With a node, its kubelet would have half a minute.
const onNoNode = { nodeName: 'no-node', terminationGracePeriodSeconds: 30 }
const terminated = { terminated: { exitCode: 0, containerID: 'containerd://1' } }
const saying = (state: object) => ({
  name: 'shell',
  image: 'example.com/shell:1',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
})
const everything = () => [pod(600), binding(`${owner.uid}-role`), role(['get'])]

/** Returns all objects with the owner's label, as a reflector would have them. */
async function observed(): Promise<KubeObject[]> {
  const options = { namespace: scene.namespace, labelSelector: `${label}=${owner.uid}` }
  const lists = await Promise.all(resources.map((resource) => scene.admin.list(resource, options)))
  return lists.flatMap(({ items }) => items)
}

async function find(kind: string): Promise<KubeObject> {
  const found = (await observed()).find((object) => object.kind === kind)
  if (found === undefined) throw new Error(`there is no ${kind}`)
  return found
}

const writes = () => proxy.requests.map(({ method, path }) => `${method} ${path.split('/').at(-2) ?? ''}`)

describe('apply-set', () => {
  it('writes roles before bindings, nothing where nothing differs, and prunes bindings, roles, Pods', async () => {
    expect(await tally(owner, everything(), [], signal)).toEqual({ written: 3, pruned: 0 })
    expect(writes()).toEqual(['PATCH roles', 'PATCH rolebindings', 'PATCH pods'])

    proxy.startAfresh()
    expect(await tally(owner, everything(), await observed(), signal)).toEqual({ written: 0, pruned: 0 })
    expect(writes()).toEqual([])

    expect(await tally(owner, [], await observed(), signal)).toEqual({ written: 0, pruned: 3 })
    expect(writes()).toEqual(['DELETE rolebindings', 'DELETE roles', 'DELETE pods'])
    await waitUntil({ what: 'the end of all', deadlineMs: 5_000 }, async () => (await observed()).length === 0)
  })

  it('restores what others changed, and leaves what they added', async () => {
    await applySet(owner, everything(), [], signal)
    const where = { namespace: scene.namespace, name: metadata('binding').name }
    await scene.admin.patch(bindings, where, {
      metadata: { annotations: { note: 'seen' }, labels: { team: 'a' } },
    })
    expect(await tally(owner, everything(), await observed(), signal)).toEqual({ written: 0, pruned: 0 })
    const mallory = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'mallory' }
    await scene.admin.patch(bindings, where, { subjects: [mallory] })

    expect(await tally(owner, everything(), await observed(), signal)).toEqual({ written: 1, pruned: 0 })
    expect(await find('RoleBinding')).toMatchObject({
      subjects: [{ name: 'alice' }],
      metadata: { annotations: { note: 'seen' }, labels: { team: 'a' } },
    })
  })

  it('makes a binding anew where its roleRef changed', async () => {
    await applySet(owner, everything(), [], signal)
    const before = await find('RoleBinding')
    const desired = [pod(600), binding('another'), role(['get'])]

    expect(await tally(owner, desired, await observed(), signal)).toEqual({ written: 1, pruned: 0 })
    const after = await find('RoleBinding')

    expect(after).toMatchObject({ roleRef: { name: 'another' } })
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
  })

  it('lowers the deadline of a Pod whose lists the API server has added to', async () => {
    await applySet(owner, everything(), [], signal)
    const before = await find('Pod')

    const desired = [pod(60), binding(`${owner.uid}-role`), role(['get'])]
    expect(await tally(owner, desired, await observed(), signal)).toEqual({ written: 1, pruned: 0 })

    expect(await find('Pod')).toMatchObject({
      metadata: { uid: before.metadata.uid },
      spec: { activeDeadlineSeconds: 60 },
    })
  })

  it('removes a Pod that leaves once nothing of it runs, and not before', async () => {
    await scene.admin.create(pods, { ...pod(600), spec: { ...pod(600).spec, ...onNoNode } })
    expect(await tally(owner, [], await observed(), signal)).toEqual({ written: 0, pruned: 1 })
    for (const [phase, state] of [
      ['Running', terminated],
      ['Failed', { running: {} }],
    ] as const) {
      await scene.admin.patchStatus(pods, metadata('pod'), { phase: 'Running', containerStatuses: [saying(state)] })
      await scene.admin.patchStatus(pods, metadata('pod'), { phase })
      proxy.startAfresh()

      await applySet(owner, [], await observed(), signal)
      expect(writes()).toEqual([])
    }

    await scene.admin.patchStatus(pods, metadata('pod'), { containerStatuses: [saying(terminated)] })
    await applySet(owner, [], await observed(), signal)

    expect(await observed()).toEqual([])
  })

  it('prunes by name and label only, and never another object of the same name', async () => {
    await applySet(owner, [role(['get'])], [], signal)
    const labelled = { ...role(['get']), metadata: { ...metadata('x'), name: `foreign-${owner.uid}` } }
    await scene.admin.create(roles, labelled)
    const stale = await observed()
    expect(stale).toHaveLength(2)
    await scene.admin.remove(roles, metadata('role'))
    await scene.admin.create(roles, role(['list']))

    await expect(applySet(owner, [], stale, signal)).rejects.toMatchObject({ status: 409 })
    expect(await tally(owner, [], await observed(), signal)).toEqual({ written: 0, pruned: 1 })
    expect((await observed()).map((object) => object.metadata.name)).toEqual([labelled.metadata.name])
  })

  it('prunes what its owner noted also without the label, and puts the label back where it is to stay', async () => {
    await applySet(owner, [pod(600)], [], signal)
    const { uid = '' } = (await find('Pod')).metadata
    const strip = async (): Promise<KubeObject[]> => {
      await scene.admin.patch(pods, metadata('pod'), { metadata: { labels: { [label]: null } } })
      return [await scene.admin.get(pods, metadata('pod'))].filter((one) => one !== undefined)
    }

    const changes = await applySet({ ...owner, noted: [uid] }, [pod(60)], await strip(), signal)
    expect(changes).toMatchObject([{ change: 'restored', kind: 'Pod', uid }])
    expect(await observed()).toMatchObject([{ spec: { activeDeadlineSeconds: 60 } }])

    const stripped = await strip()
    expect(await tally({ ...owner, noted: ['another'] }, [], stripped, signal)).toEqual({ written: 0, pruned: 0 })
    expect(await tally({ ...owner, noted: [uid] }, [], stripped, signal)).toEqual({ written: 0, pruned: 1 })
  })

  it('removes a binding that somebody put a finalizer on', async () => {
    await applySet(owner, everything(), [], signal)
    await scene.admin.patch(bindings, metadata('binding'), { metadata: { finalizers: ['example.com/keep'] } })
    expect(await tally(owner, [], await observed(), signal)).toEqual({ written: 0, pruned: 3 })
    const leaving = await observed()
    expect(leaving).toContainEqual(expect.objectContaining({ kind: 'RoleBinding' }))

    expect(await tally(owner, [], leaving, signal)).toEqual({ written: 0, pruned: 0 })
    expect(await tally(owner, [], leaving, signal)).toEqual({ written: 0, pruned: 0 })
    expect(await observed()).not.toContainEqual(expect.objectContaining({ kind: 'RoleBinding' }))
  })

  it('removes all that can be removed, and then says what could not', async () => {
    await applySet(owner, everything(), [], signal)
    const seen = await observed()
    proxy.onRequest(({ method, path }) =>
      method === 'DELETE' && path.includes('/rolebindings/') ? statusFault(403, 'Forbidden') : undefined,
    )

    await expect(applySet(owner, [], seen, signal)).rejects.toMatchObject({ status: 403 })
    expect((await observed()).map(({ kind }) => kind)).toEqual(['RoleBinding'])
  })

  it('refuses to make what it could never prune', async () => {
    const nameless = { ...role(['get']), metadata: { ...metadata('role'), name: 'role' } }
    const unlabelled = { ...role(['get']), metadata: { ...metadata('role'), labels: {} } }

    await expect(applySet(owner, [nameless], [], signal)).rejects.toThrow('role')
    await expect(applySet(owner, [unlabelled], [], signal)).rejects.toThrow('role')
    expect(writes()).toEqual([])
  })

  it('goes on where it was cut off', async () => {
    for (let cutAt = 1; cutAt <= 3; cutAt += 1) {
      let calls = 0
      proxy.onRequest(() => ((calls += 1) === cutAt ? { kind: 'lose-answer' } : undefined))
      await expect(applySet(owner, everything(), await observed(), signal)).rejects.toThrow()
      proxy.onRequest(() => undefined)
      await applySet(owner, everything(), await observed(), signal)
      expect(await observed()).toHaveLength(3)
      await applySet(owner, [], await observed(), signal)
      await waitUntil({ what: 'the end of all', deadlineMs: 5_000 }, async () => (await observed()).length === 0)
    }
  })
})
