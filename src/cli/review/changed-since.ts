import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { approveCommand } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import { Refusal } from '../output/failure.ts'
import { readRequest } from '../request/read-request.ts'

/** Refuses to approve a request that is not what the approver looked at. @param request the request as it is now */
export function changedSince({ metadata, status }: AccessRequest): Refusal {
  const now = status?.shortDigest === undefined ? 'it has no digest now' : say`its digest is ${status.shortDigest} now`
  return new Refusal(
    say`${metadata.name} changed since you looked (${now}). Nothing was approved. Look again: ` +
      approveCommand(metadata),
  )
}

/**
 * Explains why the server refused a verdict: the request may have changed since the look.
 * @throws Refusal if it has changed or is gone; else the error itself
 */
export async function explainRefusal(client: Client, looked: AccessRequest, error: unknown): Promise<never> {
  if (!(error instanceof KubeApiError)) throw error
  const { name, namespace, uid } = looked.metadata
  const now = await readRequest({ client, namespace }, name)
  if (now.metadata.uid !== uid || now.status?.digest !== looked.status?.digest) throw changedSince(now)
  throw error
}
