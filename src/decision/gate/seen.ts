import type { Pod } from '../../api/pod.ts'
import { findContainer } from '../pod/container.ts'
import { containerTheServerTakes } from '../pod/default-container.ts'
import type { Decision } from '../decision.ts'
import type { PodEntry } from './entry.ts'

/** Adds to a denial the pod that it was about. So the record tells which pod of that name it was. */
export function withSeen(decision: Decision, pod: Pod | undefined, entry: PodEntry): Decision {
  if (decision.verdict === 'allow' || !pod) return decision
  const named = 'container' in entry ? entry.container || containerTheServerTakes(pod) : undefined
  const container = named === undefined ? undefined : findContainer(pod, named)
  const { nodeName } = pod.spec
  return {
    ...decision,
    seen: {
      podUID: pod.metadata.uid,
      ...(container && { container: container.name, image: container.image }),
      ...(nodeName && { node: nodeName }),
    },
  }
}
