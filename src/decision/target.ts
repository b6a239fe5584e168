import type { ExecAccess } from '../api/kinds/access-request-spec.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import type { Pod } from '../api/pod.ts'
import { containerByDefault, containerNames, findContainer } from './container.ts'
import { say } from './sentence.ts'

export type Resolved =
  | { readonly target: Target }
  /** `final`: the request can never be resolved, as what it asks does not change. */
  | { readonly problem: string; readonly final: boolean }

/** What the pod's name stands for now: that pod, one container in it, and the image that it runs. */
export function resolveTarget(exec: ExecAccess, namespace: string, pod: Pod | undefined): Resolved {
  if (!pod || pod.metadata.deletionTimestamp) {
    return { problem: say`there is no pod ${exec.pod} in ${namespace} yet`, final: false }
  }
  const wanted = exec.container ?? containerByDefault(pod)
  if (wanted === undefined) {
    return {
      problem: say`pod ${exec.pod} has several containers (${containerNames(pod)}): make a request that names one in spec.exec.container`,
      final: true,
    }
  }
  const container = findContainer(pod, wanted)
  if (!container) {
    return { problem: say`pod ${exec.pod} has no container ${wanted}; it has ${containerNames(pod)}`, final: true }
  }
  const { name, image, imageID } = container
  if (imageID === undefined)
    return { problem: say`container ${name} of pod ${exec.pod} has not started yet`, final: false }
  return {
    target: {
      pod: exec.pod,
      podUID: pod.metadata.uid,
      container: name,
      image,
      imageID,
      ...(pod.spec.nodeName && { node: pod.spec.nodeName }),
    },
  }
}

/** Why the target is not any more what was approved; undefined while it is. */
export function targetChanged(target: Target, pod: Pod | undefined): string | undefined {
  if (!pod) return say`pod ${target.pod} is gone`
  if (pod.metadata.uid !== target.podUID) return say`pod ${target.pod} was replaced by another of the same name`
  const container = findContainer(pod, target.container)
  if (!container) return say`container ${target.container} is gone from pod ${target.pod}`
  if (container.image !== target.image) {
    return say`the image of container ${target.container} was changed from ${target.image} to ${container.image}`
  }
  // Empty while a container restarts: no change yet.
  if (target.imageID !== undefined && container.imageID !== undefined && container.imageID !== target.imageID) {
    return say`container ${target.container} runs another build of ${target.image} than was approved`
  }
  return undefined
}
