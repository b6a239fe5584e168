import { checkRequest } from '../../api/schema/checks.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { say } from '../../decision/text/sentence.ts'
import { readTemplate } from '../../live/live-objects.ts'
import { Refusal } from '../output/failure.ts'
import type { CliSession } from '../connection/session.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { KubeApiError, unlessForbidden } from '../../cluster/client/api-error.ts'
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

/** Reads the template that explains a request. Without it, the request is shown as it is. */
export async function templateOf(client: Client, request: MayNameTemplate): Promise<AnyTemplate | undefined> {
  try {
    return await templateToJudge(client, request)
  } catch (error) {
    if (error instanceof KubeApiError) return undefined
    throw error
  }
}

/**
 * Reads the template of a request for somebody who decides on it. Undefined if it is gone, or they may not see it.
 * @throws KubeApiError if it cannot be read now, or this program does not know what it says: nobody should approve what
 * they were not shown
 */
export async function templateToJudge(
  client: Client,
  { metadata: { namespace }, spec: { templateRef } }: MayNameTemplate,
): Promise<AnyTemplate | undefined> {
  return templateRef && unlessForbidden(readTemplate(client, templateRef, namespace))
}
