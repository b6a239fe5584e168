import { accessGrantKind, type AccessGrantAsked } from '../../src/api/kinds/access-grant.ts'
import { accessRequestKind, type AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { until } from '../fixtures/until.ts'
import type { Ground } from './ground.ts'
import { namespaces, pod } from './places.ts'

const namespace = namespaces.gated

/** Asks for a command in the gated pod. Resolves to the body that bob must send to grant it. */
export async function ask(requestor: Client, name: string, command: readonly string[]): Promise<object> {
  const { apiVersion, kind } = accessRequestKind
  const spec = { reason: 'bench', duration: '1h', exec: { pod, container: 'app', command } }
  await requestor.create(accessRequestKind, { apiVersion, kind, metadata: { name, namespace }, spec })
  const digest = await until(
    `a digest of request ${name}`,
    async () => (await read(requestor, name)).status?.shortDigest,
  )
  const verdict: AccessGrantAsked['spec'] = { requestRef: { name }, verdict: 'Approved', digest }
  return { apiVersion, kind: accessGrantKind.kind, metadata: { name, namespace }, spec: verdict }
}

/** Lets bob send the grant that `ask` returned. */
export async function grant({ bob }: Ground, body: object): Promise<void> {
  await bob.call(pathOf(accessGrantKind, { namespace }), { method: 'POST', body })
}

/** Gives alice access. She has it once this resolves. */
export async function giveAccess(ground: Ground, name: string, command: readonly string[]): Promise<void> {
  await grant(ground, await ask(ground.alice, name, command))
  await until(`request ${name} is Active`, async () => (await read(ground.alice, name)).status?.phase === 'Active')
}

/** Ends the access, and waits until all of it is gone. */
export async function endAccess({ admin }: Ground, name: string): Promise<void> {
  await admin.remove(accessRequestKind, { namespace, name })
  await until(`the end of grant ${name}`, async () => !(await admin.get(accessGrantKind, { namespace, name })))
}

async function read(client: Client, name: string): Promise<AccessRequest> {
  return (await client.call(pathOf(accessRequestKind, { namespace, name }))) as AccessRequest
}
