import { namedPod } from '../kinds/access-kinds.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { Pod } from '../../api/pod.ts'
import { findContainer } from './container.ts'
import { enterable, endSentence } from './enterable.ts'
import { runsImageOf } from './image-identity.ts'
import { say } from '../text/sentence.ts'

/** Why the target is not any more what was approved; undefined while it is. */
export function targetChanged(target: Target, pod: Pod | undefined): string | undefined {
  if (target.podUID === undefined) return 'its pod is not made yet'
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
      return say`container ${target.container} was started again, and its node calls the image otherwise (${container.imageID ?? 'nothing'}): nobody can tell whether it is what was approved`
  }
}

/**
 * Why the pod is not any more one of the workload that was offered; undefined while it is, or where none was.
 * @param isOfWorkload whether it is one now (isPodOf)
 */
export function leftWorkload({ pod, workload }: Target, isOfWorkload: boolean): string | undefined {
  if (!workload || isOfWorkload) return undefined
  return say`pod ${pod} does not belong to ${workload.kind} ${workload.name} any more`
}

/** How what a target names has ended, for good. */
export interface TargetEnd {
  /** A sentence without full stop. */
  readonly why: string
  /** Its program ended by itself with exit code 0. */
  readonly isWell: boolean
}

/** The end of what was approved; undefined while somebody can get in, or may be able to. */
export function targetEnded(target: Target, pod: Pod | undefined): TargetEnd | undefined {
  const container = pod && findContainer(pod, target.container)
  if (!container) return undefined
  const judged = enterable(pod, container)
  return judged.state === 'ended' ? { why: endSentence(pod, container, judged), isWell: judged.isWell } : undefined
}

/** The pod that a request is about: the one that was found for it, else the one that it names. */
export function podNameOf({ spec, status }: AccessRequest): string | undefined {
  return status?.target?.pod ?? namedPod(spec)
}
