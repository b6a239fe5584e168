import type { AccessRequest } from '../api/kinds/access-request.ts'
import { isFinished } from '../decision/phase.ts'
import { passName } from '../decision/pass-name.ts'

/** `namespace/name`, as reflectors and workqueues know an object. */
export function keyOf({
  metadata,
}: {
  readonly metadata: { readonly namespace: string; readonly name: string }
}): string {
  return `${metadata.namespace}/${metadata.name}`
}

/** The key of the pod that an unfinished request is about. */
export function podKeyOf(request: AccessRequest): readonly string[] {
  const { metadata, spec } = request
  return spec.exec && !isFinished(request) ? [`${metadata.namespace}/${spec.exec.pod}`] : []
}

/** The key of the pass that lists a request, as long as it is one. */
export function passKeyOf({ metadata, spec }: AccessRequest): readonly string[] {
  if (!spec.exec || !spec.requestor) return []
  return [`${metadata.namespace}/${passName(spec.requestor.username, spec.exec.pod)}`]
}
