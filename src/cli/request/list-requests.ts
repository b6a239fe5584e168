import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { checkRequest } from '../../api/schema/checks.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { say } from '../../decision/text/sentence.ts'
import { warn } from '../output/output.ts'
import type { CliSession } from '../connection/session.ts'

interface Wanted {
  readonly everywhere: boolean
  readonly fieldSelector: string
}

/**
 * Lists requests in the namespace of the session, or in all. Where the user may not list all, the namespace is listed,
 * and the user is told. Requests that this program does not understand are left out, and the user is told.
 */
export async function listRequests(
  { client, namespace }: CliSession,
  { everywhere, fieldSelector }: Wanted,
): Promise<readonly AccessRequest[]> {
  const all = everywhere ? await unlessForbidden(client.list(accessRequestKind, { fieldSelector })) : undefined
  if (everywhere && !all)
    warn(say`You may not list requests in all namespaces. These are those of namespace ${namespace}.`)
  const { items } = all ?? (await client.list(accessRequestKind, { namespace, fieldSelector }))
  return items.flatMap(understood)
}

function understood(object: KubeObject): readonly AccessRequest[] {
  const result = checkRequest(object)
  if (result.ok) return [result.value]
  const { namespace = '', name } = object.metadata
  warn(say`Not shown: request ${namespace}/${name}, which this version of the plugin does not understand.`)
  return []
}

/** Returns a field selector for a value, which may have any characters. */
export function fieldEquals(field: string, value: string): string {
  // apimachinery pkg/fields EscapeValue
  return `${field}=${value.replace(/[\\,=]/g, '\\$&')}`
}
