import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../api/kinds/access-request-status.ts'
import { isAlreadyExists, KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { quoted } from '../decision/sentence.ts'
import type { Manifest } from '../provision/manifest.ts'

export type Made =
  | { readonly made: 'pod'; readonly uid: string; readonly name: string; readonly namespace: string }
  /** Word for word: what PodSecurity, a quota or another webhook says is for who asked. */
  | { readonly made: 'refused'; readonly message: string }
  /** The name is taken, by one of before: its end brings us back. */
  | { readonly made: 'taken' }

/** Creates the pod of a request. A failure that may pass rejects, and is tried again. */
export async function makePod(client: Client, pod: Manifest, signal: AbortSignal): Promise<Made> {
  try {
    const { metadata }: KubeObject = await client.create<KubeObject>(resources.Pod, pod, signal)
    if (metadata.uid !== undefined)
      return { made: 'pod', uid: metadata.uid, name: metadata.name, namespace: metadata.namespace ?? '' }
    throw new KubeApiError('the API server answered with a pod that has no uid')
  } catch (error) {
    if (isAlreadyExists(error)) return { made: 'taken' }
    if (!isRefusal(error)) throw error
    return { made: 'refused', message: `its pod was refused: ${quoted(error.statusMessage ?? error.message)}` }
  }
}

function isRefusal(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && [400, 403, 413, 422].includes(error.status ?? 0)
}

/** The target of a request whose pod was made. */
export function withPod({ status }: AccessRequest, podUID: string): AccessRequestStatus {
  return { ...status, ...(status?.target && { target: { ...status.target, podUID } }) }
}
