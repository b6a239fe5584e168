import { checkRequest } from '../api/schema/checks.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import { typed } from '../cluster/client/typed-object.ts'
import type { KubeObject } from '../cluster/client/resource.ts'
import { say } from '../decision/text/sentence.ts'
import { readTemplate } from '../live/live-objects.ts'
import { Refusal } from './failure.ts'
import type { CliSession } from './session.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { KubeApiError } from '../cluster/client/api-error.ts'
import type { Client } from '../cluster/client/client.ts'

/** @throws KubeApiError where the object is no AccessRequest that this program understands */
export function asRequest(object: KubeObject): AccessRequest {
  return typed(object, checkRequest)
}

/**
 * The request of that name.
 * @throws Refusal where there is none
 */
export async function readRequest({ client, namespace }: CliSession, name: string): Promise<AccessRequest> {
  const object = await client.get(accessRequestKind, { namespace, name })
  if (!object) throw new Refusal(say`There is no request ${name} in namespace ${namespace}.`)
  return asRequest(object)
}

/** The template that a request names; undefined also where one may not see it, or this program does not understand it. */
export async function templateOf(
  client: Client,
  { metadata: { namespace }, spec: { templateRef } }: AccessRequest,
): Promise<AnyTemplate | undefined> {
  if (!templateRef) return undefined
  try {
    return await readTemplate(client, templateRef, namespace)
  } catch (error) {
    // It is there to explain the request: without it that is shown as it is.
    if (error instanceof KubeApiError) return undefined
    throw error
  }
}
