import { namedPod } from '../kinds/access-kinds.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { Pod } from '../../api/pod.ts'
import { findContainer } from './container.ts'
import { enterable, endSentence } from './enterable.ts'
import { runsImageOf } from './image-identity.ts'
import { say } from '../text/sentence.ts'

/** Says why the target is no longer the one that was approved. Undefined while it is. */
export function targetChanged(target: Target, pod: Pod | undefined): string | undefined {
  if (target.podUID === undefined) return 'its pod does not exist yet'
  if (!pod) return say`pod ${target.pod} is gone`
  if (pod.metadata.uid !== target.podUID) return say`pod ${target.pod} was replaced by another of the same name`
  const container = findContainer(pod, target.container)
  if (!container) return say`container ${target.container} is gone from pod ${target.pod}`
  if (container.image !== target.image) {
    return say`the image of container ${target.container} was changed from ${target.image} to ${container.image}`
  }
  switch (runsImageOf(target, container)) {
    case 'same':
      return undefined
    case 'other':
      return say`container ${target.container} runs another build of ${target.image} than was approved`
    case 'unknown':
      return (
        say`container ${target.container} was started again, and its node now names the image ${container.imageID ?? 'nothing'}: ` +
        'Sallyport cannot tell whether it is the approved image'
      )
  }
}

/**
 * Says why the pod no longer belongs to the workload that was offered. Undefined while it does, or if no workload was
 * offered.
 * @param isOfWorkload True if the pod belongs to it now (isPodOf).
 */
export function leftWorkload({ pod, workload }: Target, isOfWorkload: boolean): string | undefined {
  if (!workload || isOfWorkload) return undefined
  return say`pod ${pod} does not belong to ${workload.kind} ${workload.name} any more`
}

/** The end of a target, for good. */
export interface TargetEnd {
  /** A sentence without full stop. */
  readonly why: string
  /** Its program ended by itself with exit code 0. */
  readonly isWell: boolean
}

/** The end of a target. Undefined while a user can get in, or may get in later. */
export function targetEnded(target: Target, pod: Pod | undefined): TargetEnd | undefined {
  const container = pod && findContainer(pod, target.container)
  if (!container) return undefined
  const judged = enterable(pod, container)
  return judged.state === 'ended' ? { why: endSentence(pod, container, judged), isWell: judged.isWell } : undefined
}

/** The name of the pod that a request is for: the pod that was found for it, else the pod that it names. */
export function podNameOf({ spec, status }: AccessRequest): string | undefined {
  return status?.target?.pod ?? namedPod(spec)
}
