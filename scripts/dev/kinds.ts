import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'

// A new kind is served within a second. The objects that were made for requests go as fast as the controller works.
const deadlineMs = 30_000
const pollMs = 50

/** Waits until the new kinds are served. That takes the API server a moment; until then even a list is NotFound. */
export async function untilKindsAreServed(client: Client): Promise<void> {
  await until('the kinds are served', async () => {
    const lists = allKinds.map((kind) => client.list(kind))
    return (await Promise.allSettled(lists)).every(({ status }) => status === 'fulfilled')
  })
}

/**
 * Removes the requests, and waits until the controller has removed the objects that it made for them. Once the kinds
 * are gone, nobody could tell whose those objects were.
 */
export async function removeRequests(client: Client): Promise<void> {
  const { items } = await client.list(accessRequestKind)
  for (const { metadata } of items) await client.remove(accessRequestKind, metadata)
  await untilNothingIsGiven(client)
}

/** Waits until no object that was made for a request gives access any more. */
export async function untilNothingIsGiven(client: Client): Promise<void> {
  await until('the roles of all requests are gone', async () => {
    const left = [resources.Role, resources.RoleBinding, resources.ClusterRoleBinding].map((resource) =>
      client.call(pathOf(resource), { query: { labelSelector: requestUidLabel } }),
    )
    return (await Promise.all(left)).every((list) => (list as { items: unknown[] }).items.length === 0)
  })
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs / 1_000} s: ${what}`)
    await sleep(pollMs)
  }
}
