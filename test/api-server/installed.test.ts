import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import { inSession } from '../../src/cli/connection/session.ts'
import { createObject } from '../../src/cli/request/create-object.ts'
import type { Resource } from '../../src/cluster/client/resource.ts'
import { customResourceDefinition } from '../../src/install/crd.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'
import { openScene, thisCluster, type Scene } from './this-cluster.ts'

let scene: Scene

const definitions = allKinds.map(customResourceDefinition)

beforeAll(async () => {
  scene = await openScene('installed')
  await remove(...definitions)
})
afterAll(async () => {
  await remove(...definitions)
  await scene.close()
})

async function remove(...gone: readonly { readonly metadata: { readonly name: string } }[]): Promise<void> {
  await admin(['delete', 'crd', '--ignore-not-found', ...gone.map(({ metadata }) => metadata.name)])
}

/** Lists the kind in a session of this user, and returns the error. */
async function refusal(user: 'admin' | 'alice', resource: Resource): Promise<string> {
  const choice = { kubeconfig: thisCluster().kubeconfig(user), namespace: scene.namespace }
  try {
    await inSession(choice, ({ client, namespace }) => client.list(resource, { namespace }))
    return 'it was listed'
  } catch (error) {
    return String(error)
  }
}

const user = ['admin', 'alice'] as const

test.each(user)('%s is told of a cluster without Sallyport', async (user) => {
  await until('no kind is served', async () => (await refusal('admin', accessRequestKind)).includes('not installed'))

  expect(await refusal(user, accessRequestKind)).toMatch(
    /^Refusal: Sallyport is not installed in this cluster \(context \S+\)\.$/,
  )
})

test('of one that lacks a kind or a field', async () => {
  const older = definitions.filter(({ metadata }) => !metadata.name.startsWith(accessPassKind.plural))
  await apply(...older)
  await admin(['wait', '--for=condition=Established', ...older.map(({ metadata }) => `crd/${metadata.name}`)])
  const sentence = 'is another version than this program: it has no accesspasses of access.sallyport.dev/v1alpha1'
  await until('the kinds are told', async () => (await refusal('admin', accessPassKind)).includes(sentence))

  expect(await refusal('alice', accessPassKind)).toContain(sentence)
  // It is served, and she may not.
  expect(await refusal('alice', accessRequestKind)).toContain('cannot list resource "accessrequests"')

  const { namespace } = scene
  const asked = { metadata: { namespace, name: 'fancy' }, spec: { fancy: true } }
  await expect(
    inSession({ kubeconfig: thisCluster().kubeconfig('admin') }, ({ client }) =>
      createObject(client, accessRequestKind, asked as never),
    ),
  ).rejects.toThrow(/is older than this program and does not know spec\.fancy\./)
})
