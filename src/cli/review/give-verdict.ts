import { accessGrantKind, type AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Client } from '../../cluster/client/client.ts'
import { createObject, type NewObject, generatedName } from '../request/create-object.ts'

type VerdictToGive = Pick<AccessGrant['spec'], 'verdict'> & {
  readonly digest?: string | undefined
  readonly duration?: string | undefined
  readonly message?: string | undefined
}

/** Builds the AccessGrant. It names the request that was shown by uid, too: another of the same name does not fit. */
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

/** Creates the AccessGrant, and returns its name. */
export async function giveVerdict(client: Client, request: AccessRequest, verdict: VerdictToGive): Promise<string> {
  const { metadata } = await createObject(client, accessGrantKind, accessGrant(request, verdict))
  return metadata.name
}
