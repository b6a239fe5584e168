import { accessGrantKind, type AccessGrant } from '../api/kinds/access-grant.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { Client } from '../cluster/client/client.ts'
import { createObject, type NewObject, generatedName } from './create-object.ts'

type VerdictToGive = Pick<AccessGrant['spec'], 'verdict' | 'digest'> & {
  readonly duration?: string | undefined
  readonly message?: string | undefined
}

/** The AccessGrant with this verdict. It names the request by uid, too: the one that was shown, and no namesake. */
export function accessGrant(
  { metadata }: AccessRequest,
  { verdict, digest, duration, message }: VerdictToGive,
): NewObject {
  const { namespace, name, uid } = metadata
  return {
    metadata: { namespace, generateName: generatedName(name) },
    spec: {
      requestRef: { name, uid },
      verdict,
      ...(digest !== undefined && { digest }),
      ...(duration !== undefined && { duration }),
      ...(message !== undefined && { message }),
    },
  }
}

/** Creates it, and returns the name that it got. */
export async function giveVerdict(client: Client, request: AccessRequest, verdict: VerdictToGive): Promise<string> {
  const { metadata } = await createObject(client, accessGrantKind, accessGrant(request, verdict))
  return metadata.name
}
