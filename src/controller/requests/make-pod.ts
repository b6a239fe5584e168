import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import { checkPodTemplate } from '../../api/pod-template.ts'
import { failedOn, isAlreadyExists, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Manifest } from '../../api/manifest.ts'
import { otherThanApproved } from '../../provision/shell/admitted-pod.ts'

export type PodOutcome =
  | { readonly made: 'pod'; readonly uid: string; readonly name: string; readonly namespace: string }
  /** The pod was not what was approved, and is gone again. */
  | { readonly made: 'other'; readonly message: string }
  /** A former pod still has the name. Its end brings us back. */
  | { readonly made: 'taken' }

/** Creates the pod of a request, as it was approved. Rejects if that fails, or is refused: it is tried again. */
export async function makePod(
  client: Client,
  { status }: AccessRequest,
  pod: Manifest,
  signal: AbortSignal,
): Promise<PodOutcome> {
  try {
    const made = await client.create<KubeObject & { readonly spec?: unknown }>(resources.Pod, pod, signal)
    const { namespace = '', name, uid } = made.metadata
    if (uid === undefined) throw new KubeApiError('the API server answered with a pod that has no uid')
    const checked = checkPodTemplate({ metadata: made.metadata, spec: made.spec })
    const message = checked.ok ? status?.target && otherThanApproved(status.target, checked.value) : checked.problems[0]
    if (message === undefined) return { made: 'pod', uid, name, namespace }
    // Nobody was let in, because the pod is not noted anywhere.
    await client.remove(resources.Pod, { namespace, name, uid }, signal)
    return { made: 'other', message }
  } catch (error) {
    if (isAlreadyExists(error)) return { made: 'taken' }
    throw failedOn(pod, error)
  }
}

/** Returns the status that notes the pod that was made. */
export function withPod({ status }: AccessRequest, podUID: string): AccessRequestStatus {
  return { ...status, ...(status?.target && { target: { ...status.target, podUID } }) }
}
