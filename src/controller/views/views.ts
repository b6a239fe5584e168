import { accessGrantKind, type AccessGrant } from '../../api/kinds/access-grant.ts'
import { accessPassKind, type AccessPass } from '../../api/kinds/access-pass.ts'
import { accessRecordKind, type AccessRecord } from '../../api/kinds/access-record.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import {
  accessTemplateKind,
  clusterAccessTemplateKind,
  type AccessTemplate,
  type AnyTemplate,
  type ClusterAccessTemplate,
} from '../../api/kinds/access-template.ts'
import type { Pod } from '../../api/pod.ts'
import { auditLabel } from '../../audit/record/event-record.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import { createReflector, type Reflector } from '../../cluster/reflector/reflector.ts'
import type { ReflectorLog } from '../../cluster/reflector/reflector-recovery.ts'
import type { KubeObject, Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { isFinished } from '../../decision/phase.ts'
import { targetRef } from '../../decision/template.ts'
import { installation } from '../../api/installation.ts'
import { requestAnnotation, requestNamespaceAnnotation, requestUidLabel } from '../../api/provided-object.ts'
import {
  keyOf,
  keyOfTemplate,
  passKeyOf,
  podKeyOf,
  requestorKeyOf,
  templateKeyOf,
  waitsIn,
  workloadUidOf,
} from './keys.ts'
import { trimPod } from './trim-pod.ts'
import { builtInWorkloads, trimWorkload, type WorkloadKind } from './workloads.ts'

/** An object that was made for a request. */
export type Provided = KubeObject & { readonly metadata: { readonly uid: string } }

/** What the controller sees of the cluster. Views run behind: what ends an access is looked up live before it is believed. */
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

/** Who has to look again when something changes. */
export interface Listeners {
  readonly request: (key: string) => void
  readonly pass: (key: string) => void
  readonly template: (key: string) => void
}

/** The index of all views but `pods` and `passes`: what belongs to a request, by its key. */
export const byRequest = 'request'
const byPod = 'pod'
export const byPass = 'pass'
/** The index of pods by their namespace, and of requests by the namespace in which they wait for a pod. */
export const byNamespace = 'namespace'
/** The index of unfinished requests by their namespace and user. */
export const byRequestor = 'requestor'
/** The index of unfinished requests by the template that they name. */
export const byTemplate = 'template'
const byWorkload = 'workload'
/** The index of templates by the name of what they target. */
const byTargetName = 'targetName'

export function createViews(
  client: Client,
  { request, pass, template }: Listeners,
  { log, workloads }: { readonly log: ReflectorLog; readonly workloads: readonly WorkloadKind[] },
): Views {
  const follow = <T extends KubeObject>(resource: Resource, options: Followed<T>): Reflector<T> =>
    createReflector<T>({
      client,
      resource,
      clock: steadyClock,
      log,
      ...options,
      onChange: (key, before, after) => {
        const changed = [before, after].filter((one) => one !== undefined)
        new Set(changed.flatMap((one) => options.concerns(key, one))).forEach(request)
        new Set(changed.flatMap((one) => options.concernsPass?.(key, one) ?? [])).forEach(pass)
        new Set(changed.flatMap((one) => options.concernsTemplate?.(one) ?? [])).forEach(template)
      },
    })
  const provided: Followed<Provided> = {
    labelSelector: requestUidLabel,
    indexes: { [byRequest]: requestsOf },
    concerns: (_key, object) => requestsOf(object),
  }
  const bound: Followed<Provided> = {
    ...provided,
    indexes: { [byRequest]: requestsOfBinding },
    concerns: (_key, object) => requestsOfBinding(object),
  }
  const keysOf = (requests: readonly AccessRequest[]): readonly string[] => requests.map(keyOf)
  const templated = <T extends AnyTemplate>(): Followed<T> => ({
    trim: (object) => withoutNotes(object) as T,
    indexes: { [byTargetName]: targetNames },
    concerns: (_key, one) => keysOf(views.requests.by(byTemplate, keyOfTemplate(one))),
    concernsTemplate: (one) => [keyOfTemplate(one)],
  })
  const targeting = (name: string): readonly AnyTemplate[] => [
    ...views.templates.by(byTargetName, name),
    ...views.clusterTemplates.by(byTargetName, name),
  ]
  const views: Views = {
    requests: follow<AccessRequest>(accessRequestKind, {
      indexes: {
        [byPod]: podKeyOf,
        // Of one user and pod there may be thousands that have ended, and each look at one would be at all of them.
        [byPass]: (one) => (isFinished(one) ? [] : passKeyOf(one)),
        [byNamespace]: waitsIn,
        [byTemplate]: templateKeyOf,
        [byWorkload]: workloadUidOf,
        [byRequestor]: requestorKeyOf,
      },
      concerns: (key) => [key],
      concernsPass: (_key, one) => passKeyOf(one),
    }),
    grants: follow<AccessGrant>(accessGrantKind, {
      indexes: { [byRequest]: ({ metadata, spec }) => [`${metadata.namespace}/${spec.requestRef.name}`] },
      concerns: (_key, { metadata, spec }) => [`${metadata.namespace}/${spec.requestRef.name}`],
    }),
    passes: follow<AccessPass>(accessPassKind, {
      indexes: {},
      concerns: (_key, { metadata, spec }) => spec.requests.map(({ name }) => `${metadata.namespace}/${name}`),
      concernsPass: (key) => [key],
    }),
    pods: follow<Pod & KubeObject>(resources.Pod, {
      indexes: { [byNamespace]: ({ metadata }) => [metadata.namespace], [byRequest]: madeForRequest },
      trim: trimPod,
      concerns: (key, pod) => [
        ...keysOf([...views.requests.by(byPod, key), ...views.requests.by(byNamespace, pod.metadata.namespace)]),
        // Also of a request that has ended, or is gone: what of it still ends.
        ...madeForRequest(pod),
      ],
    }),
    templates: follow<AccessTemplate>(accessTemplateKind, templated()),
    clusterTemplates: follow<ClusterAccessTemplate>(clusterAccessTemplateKind, templated()),
    namespaces: follow<KubeObject>(resources.Namespace, {
      indexes: {},
      trim: withoutNotes,
      concerns: () => [],
      concernsTemplate: () => views.clusterTemplates.all().map(keyOfTemplate),
    }),
    workloads: workloads.map((resource) => ({
      resource,
      objects: follow<KubeObject>(resource, {
        indexes: {},
        trim: trimWorkload,
        concerns: (_key, { metadata: { uid = '', namespace = '' } }) =>
          keysOf([...views.requests.by(byWorkload, uid), ...views.requests.by(byNamespace, namespace)]),
        concernsTemplate: ({ metadata }) => targeting(metadata.name).map(keyOfTemplate),
      }),
    })),
    roles: follow<Provided>(resources.Role, provided),
    bindings: follow<Provided>(resources.RoleBinding, bound),
    clusterBindings: follow<Provided>(resources.ClusterRoleBinding, bound),
    records: follow<AccessRecord>(accessRecordKind, {
      namespace: installation.namespace,
      // Audit events are records, too, and may be many.
      labelSelector: `!${auditLabel}`,
      indexes: { [byRequest]: recordedRequest },
      concerns: (_key, record) => recordedRequest(record),
    }),
  }
  return views
}

/** Runs all views until the signal fires. */
export async function runViews(views: Views, signal: AbortSignal): Promise<void> {
  const all = [...reflectors(views), ...views.workloads.map(({ objects }) => objects)]
  await Promise.all(all.map((view) => view.run(signal)))
}

/**
 * Resolves when each view has seen everything once: before that absence means nothing. Not so a kind of the config, which
 * the cluster may not have (yet).
 */
export async function viewsSynced(views: Views): Promise<void> {
  const builtIn = views.workloads.slice(0, builtInWorkloads.length).map(({ objects }) => objects)
  await Promise.all([...reflectors(views), ...builtIn].map(({ synced }) => synced))
}

function reflectors(views: Views): readonly Pick<Reflector<unknown>, 'run' | 'synced'>[] {
  const { requests, grants, passes, pods, templates, clusterTemplates, namespaces, records } = views
  const { roles, bindings, clusterBindings } = views
  return [
    requests,
    grants,
    passes,
    pods,
    templates,
    clusterTemplates,
    namespaces,
    records,
    roles,
    bindings,
    clusterBindings,
  ]
}

interface Followed<T extends KubeObject> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly indexes: Readonly<Record<string, (object: T) => readonly string[]>>
  readonly trim?: (object: KubeObject) => T
  /** Keys of the requests that the object concerns. */
  readonly concerns: (key: string, object: T) => readonly string[]
  readonly concernsPass?: (key: string, object: T) => readonly string[]
  readonly concernsTemplate?: (object: T) => readonly string[]
}

/** Drops what nobody here reads: its changes would be looked at for nothing. */
function withoutNotes(object: KubeObject): KubeObject {
  const { annotations: _annotations, ...metadata } = object.metadata
  return { ...object, metadata }
}

function targetNames(template: AnyTemplate): readonly string[] {
  const target = targetRef(template)
  return target ? [target.name] : []
}

/** Pods of others may bear the annotation, too; a Deployment's template has it copied. */
function madeForRequest(pod: Provided): readonly string[] {
  return pod.metadata.labels?.[requestUidLabel] === undefined ? [] : requestsOf(pod)
}

function requestsOf({ metadata }: Provided): readonly string[] {
  return requestsNamed(metadata.namespace, metadata.annotations?.[requestAnnotation])
}

/** A binding may be in another namespace than its request. Nothing else may: whoever writes one in theirs would reach beyond it. */
function requestsOfBinding({ metadata: { annotations, namespace } }: Provided): readonly string[] {
  return requestsNamed(annotations?.[requestNamespaceAnnotation] ?? namespace, annotations?.[requestAnnotation])
}

function requestsNamed(namespace: string | undefined, name: string | undefined): readonly string[] {
  return namespace === undefined || name === undefined ? [] : [`${namespace}/${name}`]
}

function recordedRequest({ spec }: AccessRecord): readonly string[] {
  return spec.request ? [`${spec.request.namespace}/${spec.request.name}`] : []
}

/** The template that a request names. */
export function templateOf(views: Views, { metadata, spec }: AccessRequest): AnyTemplate | undefined {
  if (!spec.templateRef) return undefined
  const { kind, name } = spec.templateRef
  return kind === 'AccessTemplate'
    ? views.templates.get(`${metadata.namespace}/${name}`)
    : views.clusterTemplates.get(name)
}

/** A template by its key among those of both kinds (keyOfTemplate). */
export function templateByKey(views: Views, key: string): AnyTemplate | undefined {
  const [first = '', second = '', third = ''] = key.split('/')
  return first === 'ClusterAccessTemplate'
    ? views.clusterTemplates.get(second)
    : views.templates.get(`${first}/${third}`)
}

/** What a template may target, as these views follow it. */
export function workloadKindsOf({ workloads }: Views): readonly WorkloadKind[] {
  return workloads.map(({ resource }) => resource)
}
