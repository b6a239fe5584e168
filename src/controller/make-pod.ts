import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../api/kinds/access-request-status.ts'
import { failedOn, isAlreadyExists, KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import type { Manifest } from '../provision/manifest.ts'

export type Made =
  | { readonly made: 'pod'; readonly uid: string; readonly name: string; readonly namespace: string }
  /** The name is taken, by one of before: its end brings us back. */
  | { readonly made: 'taken' }

/** Creates the pod of a request. Rejects where that fails, or is refused: to be tried again. */
export async function makePod(client: Client, pod: Manifest, signal: AbortSignal): Promise<Made> {
  try {
    const { metadata }: KubeObject = await client.create<KubeObject>(resources.Pod, pod, signal)
    if (metadata.uid !== undefined)
      return { made: 'pod', uid: metadata.uid, name: metadata.name, namespace: metadata.namespace ?? '' }
    throw new KubeApiError('the API server answered with a pod that has no uid')
  } catch (error) {
    if (isAlreadyExists(error)) return { made: 'taken' }
    throw failedOn(pod, error)
  }
}

/** The target of a request whose pod was made. */
export function withPod({ status }: AccessRequest, podUID: string): AccessRequestStatus {
  return { ...status, ...(status?.target && { target: { ...status.target, podUID } }) }
}
