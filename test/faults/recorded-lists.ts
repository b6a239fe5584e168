import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { pathOf, type Resource } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { requestUidLabel } from '../../src/api/provided-object.ts'
import { clientOf } from '../fixtures/api-client.ts'

const labelled = { labelSelector: requestUidLabel }
const lists: readonly (readonly [Resource, Readonly<Record<string, string>>])[] = [
  [accessRequestKind, {}],
  [accessGrantKind, {}],
  [accessPassKind, {}],
  [resources.Role, labelled],
  [resources.RoleBinding, labelled],
]

/**
 * Returns the API server's present answers to the lists that the controller makes, by path. They can be sent again
 * later.
 */
export async function recordedLists(kubeconfig: string): Promise<ReadonlyMap<string, string>> {
  const client = clientOf({ kubeconfig })
  const read = async ([resource, query]: (typeof lists)[number]): Promise<readonly [string, string]> => {
    const path = pathOf(resource)
    return [path, JSON.stringify(await client.call(path, { query }))]
  }
  const told = new Map(await Promise.all(lists.map(read)))
  await client.close()
  return told
}
