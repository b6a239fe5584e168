import { checkRequest } from '../../api/schema/checks.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { say } from '../../decision/text/sentence.ts'
import { readTemplate } from '../../live/live-objects.ts'
import { Refusal } from '../output/failure.ts'
import type { CliSession } from '../connection/session.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'

/** @throws KubeApiError if this program does not understand the object as an AccessRequest */
export function asRequest(object: KubeObject): AccessRequest {
  return typed(object, checkRequest)
}

/**
 * Reads the request of that name.
 * @throws Refusal if it is not there
 */
export async function readRequest(
  { client, namespace }: Pick<CliSession, 'client' | 'namespace'>,
  name: string,
): Promise<AccessRequest> {
  const object = await client.get(accessRequestKind, { namespace, name })
  if (!object) {
    throw new Refusal(
      say`Request ${name} was not found in namespace ${namespace}. ` +
        say`To see those that are there: kubectl access list --all -n ${namespace}`,
    )
  }
  return asRequest(object)
}

interface MayNameTemplate {
  readonly metadata: { readonly namespace: string }
  readonly spec: Pick<AccessRequest['spec'], 'templateRef'>
}

/** Reads the template of a request. Undefined also if the user may not see it, or this program does not know it. */
export async function templateOf(
  client: Client,
  { metadata: { namespace }, spec: { templateRef } }: MayNameTemplate,
): Promise<AnyTemplate | undefined> {
  if (!templateRef) return undefined
  try {
    return await readTemplate(client, templateRef, namespace)
  } catch (error) {
    // The template only explains the request. Without it, the request is shown as it is.
    if (error instanceof KubeApiError) return undefined
    throw error
  }
}
