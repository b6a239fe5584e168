import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessPass } from '../../api/kinds/access-pass.ts'
import type { AccessRecord } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessTemplate, AnyTemplate, ClusterAccessTemplate } from '../../api/kinds/access-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { Reflector } from '../../cluster/reflector/reflector.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import type { WorkloadKind } from './workloads.ts'

/** An object that was made for a request. */
export type Provided = KubeObject & { readonly metadata: { readonly uid: string } }

/**
 * The controller's views of the cluster. They run behind: anything that ends an access is looked up live before it is
 * believed.
 */
export interface Views {
  readonly requests: Reflector<AccessRequest>
  readonly grants: Reflector<AccessGrant>
  readonly passes: Reflector<AccessPass>
  readonly pods: Reflector<Pod & KubeObject>
  readonly templates: Reflector<AccessTemplate>
  readonly clusterTemplates: Reflector<ClusterAccessTemplate>
  readonly namespaces: Reflector<KubeObject>
  /** One for each kind that a template may target: the built-in ones first, then those of the config. */
  readonly workloads: readonly WorkloadView[]
  readonly roles: Reflector<Provided>
  readonly bindings: Reflector<Provided>
  readonly clusterBindings: Reflector<Provided>
  /** The uses of `once` requests, and the pods to be evicted. */
  readonly records: Reflector<AccessRecord>
}

interface WorkloadView {
  readonly resource: WorkloadKind
  readonly objects: Reflector<KubeObject>
}

/** The index of all views but `pods` and `passes`: what belongs to a request, by its key. */
export const byRequest = 'request'
export const byPod = 'pod'
export const byPass = 'pass'
/** The index of pods by their namespace, and of requests by the namespace in which they wait for a pod. */
export const byNamespace = 'namespace'
/** The index of unfinished requests by their namespace and user. */
export const byRequestor = 'requestor'
/** The index of unfinished requests by the template that they name. */
export const byTemplate = 'template'
export const byWorkload = 'workload'
/** The index of templates by the name of what they target. */
export const byTargetName = 'targetName'

/** Returns the template that a request names. */
export function templateOf(views: Views, { metadata, spec }: AccessRequest): AnyTemplate | undefined {
  if (!spec.templateRef) return undefined
  const { kind, name } = spec.templateRef
  return kind === 'AccessTemplate'
    ? views.templates.get(`${metadata.namespace}/${name}`)
    : views.clusterTemplates.get(name)
}

/** Returns a template by its key among those of both kinds (keyOfTemplate). */
export function templateByKey(views: Views, key: string): AnyTemplate | undefined {
  const [first = '', second = '', third = ''] = key.split('/')
  return first === 'ClusterAccessTemplate'
    ? views.clusterTemplates.get(second)
    : views.templates.get(`${first}/${third}`)
}

/** Returns the kinds that a template may target, as these views follow them. */
export function workloadKindsOf({ workloads }: Views): readonly WorkloadKind[] {
  return workloads.map(({ resource }) => resource)
}
