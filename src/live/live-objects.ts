import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { TemplateRef } from '../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { readable } from '../api/schema/readable.ts'
import type { Client } from '../cluster/client/client.ts'
import type { KubeObject } from '../cluster/client/resource.ts'
import { resources } from '../cluster/client/resources.ts'
import { readTyped } from '../cluster/client/typed-object.ts'

/**
 * Reads the template that a request, or a pass, names, as it is now. Returns undefined if there is none.
 * @param namespace the namespace of the request or pass.
 * @throws KubeApiError also if the object does not match its schema.
 */
export function readTemplate(
  client: Pick<Client, 'get'>,
  { kind, name }: TemplateRef,
  namespace: string,
  signal?: AbortSignal,
): Promise<AnyTemplate | undefined> {
  return readTyped<AnyTemplate>(client, readable[kind], { namespace, name }, signal)
}

/** Reads a request by its name, as it is now. */
export function readRequest(
  client: Pick<Client, 'get'>,
  where: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<AccessRequest | undefined> {
  return readTyped(client, readable.request, where, signal)
}

/** A pod that is meant, and not another that has its name by now. */
export interface SamePod {
  readonly namespace: string
  readonly name: string
  readonly uid: string | undefined
}

/** Reads a pod as it is now. Undefined if it is gone, or another has its name. */
export async function readSamePod(
  client: Pick<Client, 'get'>,
  { namespace, name, uid }: SamePod,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const pod = await client.get(resources.Pod, { namespace, name }, signal)
  return pod?.metadata.uid === uid ? pod : undefined
}

/** Reads the labels of a namespace, as they are now. */
export async function readLabels(
  client: Pick<Client, 'get'>,
  namespace: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return (await client.get(resources.Namespace, { name: namespace }, signal))?.metadata.labels ?? {}
}
