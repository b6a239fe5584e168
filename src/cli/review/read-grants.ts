import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import { readable } from '../../api/schema/readable.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { typed } from '../../cluster/client/typed-object.ts'

interface Which {
  readonly namespace: string
  readonly fieldSelector?: string
}

/** Lists verdicts. There are none if the user may not see them. */
export async function readGrants(client: Client, which: Which): Promise<readonly AccessGrant[]> {
  const { resource, check } = readable.grant
  const found = await unlessForbidden(client.list(resource, which))
  return (found?.items ?? []).map((one) => typed(one, check))
}
