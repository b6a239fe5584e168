import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { isFinished } from '../../decision/phase.ts'
import { passName } from '../../decision/pod/pass-name.ts'
import { podNameOf } from '../../decision/pod/target.ts'
import { templateKey } from '../../decision/template.ts'
import { enteringUser, podOfAccess } from '../../decision/kinds/access-kinds.ts'

/** Returns `namespace/name`, as reflectors and workqueues know an object. */
export function keyOf({
  metadata,
}: {
  readonly metadata: { readonly namespace: string; readonly name: string }
}): string {
  return `${metadata.namespace}/${metadata.name}`
}

/** Returns the namespace in a key. The key of a cluster-wide object has the name of its kind there. */
export function namespaceOfKey(key: string): string {
  return key.slice(0, key.indexOf('/'))
}

/** Returns the key of the pod that an unfinished request is about, once there is one. */
export function podKeyOf(request: AccessRequest): readonly string[] {
  const pod = podNameOf(request)
  return pod !== undefined && !isFinished(request) ? [`${request.metadata.namespace}/${pod}`] : []
}

/** Returns the namespace of a request that waits for a pod of its template's target. */
export function waitsIn(request: AccessRequest): readonly string[] {
  const { metadata, spec, status } = request
  const isOfPod = spec.templateRef && podOfAccess(spec) !== 'none'
  return isOfPod && !status?.target && !isFinished(request) ? [metadata.namespace] : []
}

/** Returns the uid of the workload that an unfinished request rests on. */
export function workloadUidOf(request: AccessRequest): readonly string[] {
  const { workload } = request.status?.target ?? {}
  return workload && !isFinished(request) ? [workload.uid] : []
}

/**
 * Returns the key of the pass that lists a request, once its pod is known.
 * @param chosen the pod that it would get now
 */
export function passKeyOf(request: AccessRequest, chosen?: string): readonly string[] {
  const username = enteringUser(request.spec)
  const pod = podNameOf(request) ?? chosen
  if (pod === undefined || username === undefined) return []
  return [`${request.metadata.namespace}/${passName(username, pod)}`]
}

/** Returns the namespace and the requestor of an unfinished request. */
export function requestorKeyOf(request: AccessRequest): readonly string[] {
  const { requestor } = request.spec
  return requestor && !isFinished(request) ? [`${request.metadata.namespace}/${requestor.username}`] : []
}

/** Returns the key of the template that an unfinished request names. */
export function templateKeyOf(request: AccessRequest): readonly string[] {
  const { templateRef } = request.spec
  return templateRef && !isFinished(request) ? [scoped(templateKey(templateRef), request.metadata.namespace)] : []
}

/** Returns the key of a template, among those of both kinds. */
export function keyOfTemplate({ kind, metadata }: AnyTemplate): string {
  return scoped(templateKey({ kind, name: metadata.name }), 'namespace' in metadata ? metadata.namespace : '')
}

/** A ClusterAccessTemplate is the same from every namespace. */
function scoped(key: string, namespace: string): string {
  return key.startsWith('ClusterAccessTemplate/') ? key : `${namespace}/${key}`
}
