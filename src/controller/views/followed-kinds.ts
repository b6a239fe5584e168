import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessPass } from '../../api/kinds/access-pass.ts'
import type { AccessRecord } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { installation } from '../../api/installation.ts'
import type { Pod } from '../../api/pod.ts'
import { requestAnnotation, requestNamespaceAnnotation, requestUidLabel } from '../../api/provided-object.ts'
import { auditLabel } from '../../audit/record/event-record.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { isFinished } from '../../decision/phase.ts'
import { targetRef } from '../../decision/template.ts'
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
import {
  byNamespace,
  byPass,
  byPod,
  byRequest,
  byRequestor,
  byTargetName,
  byTemplate,
  byWorkload,
  type Provided,
  type Views,
} from './views.ts'
import { trimWorkload } from './workloads.ts'

/**
 * The way in which the controller follows a kind: what it keeps, how it finds objects, and which keys look again after
 * a change.
 */
export interface FollowedKind<T extends KubeObject> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly indexes: Readonly<Record<string, (object: T) => readonly string[]>>
  readonly trim?: (object: KubeObject) => T
  /** Keys of the requests that the object concerns. */
  readonly concerns: (key: string, object: T) => readonly string[]
  readonly concernsPass?: (key: string, object: T) => readonly string[]
  readonly concernsTemplate?: (object: T) => readonly string[]
}

export const followedRequests: FollowedKind<AccessRequest> = {
  indexes: {
    [byPod]: podKeyOf,
    // One user and pod may have thousands of requests that have ended, and each look at one would be at all of them.
    [byPass]: (one) => (isFinished(one) ? [] : passKeyOf(one)),
    [byNamespace]: waitsIn,
    [byTemplate]: templateKeyOf,
    [byWorkload]: workloadUidOf,
    [byRequestor]: requestorKeyOf,
  },
  concerns: (key) => [key],
  concernsPass: (_key, one) => passKeyOf(one),
}

export const followedGrants: FollowedKind<AccessGrant> = {
  indexes: { [byRequest]: ({ metadata, spec }) => [`${metadata.namespace}/${spec.requestRef.name}`] },
  concerns: (_key, { metadata, spec }) => [`${metadata.namespace}/${spec.requestRef.name}`],
}

export const followedPasses: FollowedKind<AccessPass> = {
  indexes: {},
  concerns: (_key, { metadata, spec }) => spec.requests.map(({ name }) => `${metadata.namespace}/${name}`),
  concernsPass: (key) => [key],
}

export const followedRecords: FollowedKind<AccessRecord> = {
  namespace: installation.namespace,
  // Audit events are records, too, and may be many.
  labelSelector: `!${auditLabel}`,
  indexes: { [byRequest]: recordedRequest, [byPod]: podToUndo },
  concerns: (_key, record) => recordedRequest(record),
}

/** Objects that were made in the namespace of their request. */
export const followedProvided: FollowedKind<Provided> = {
  labelSelector: requestUidLabel,
  indexes: { [byRequest]: requestsOf },
  concerns: (_key, object) => requestsOf(object),
}

/** Bindings that were made for a request, perhaps of another namespace. */
export const followedBindings: FollowedKind<Provided> = {
  labelSelector: requestUidLabel,
  indexes: { [byRequest]: requestsOfBinding },
  concerns: (_key, object) => requestsOfBinding(object),
}

/** The views in which other kinds look up objects. */
type Lookup<Name extends 'requests' | 'records' | 'templates' | 'clusterTemplates'> = {
  readonly [Key in Name]: Pick<Views[Key], 'by' | 'all'>
}

export function followedPods({ requests, records }: Lookup<'requests' | 'records'>): FollowedKind<Pod & KubeObject> {
  return {
    indexes: { [byNamespace]: ({ metadata }) => [metadata.namespace], [byRequest]: madeForRequest },
    trim: trimPod,
    concerns: (key, pod) => [
      ...keysOf([...requests.by(byPod, key), ...requests.by(byNamespace, pod.metadata.namespace)]),
      // A request that has ended, or is gone, is concerned, too: its pod still has to end.
      ...madeForRequest(pod),
      // So is one whose task is still to be undone in the pod.
      ...records.by(byPod, key).flatMap(recordedRequest),
    ],
  }
}

export function followedTemplates<T extends AnyTemplate>({ requests }: Lookup<'requests'>): FollowedKind<T> {
  return {
    trim: (object) => withoutNotes(object) as T,
    indexes: { [byTargetName]: targetNames },
    concerns: (_key, one) => keysOf(requests.by(byTemplate, keyOfTemplate(one))),
    concernsTemplate: (one) => [keyOfTemplate(one)],
  }
}

export function followedNamespaces({ clusterTemplates }: Lookup<'clusterTemplates'>): FollowedKind<KubeObject> {
  return {
    indexes: {},
    trim: withoutNotes,
    concerns: () => [],
    concernsTemplate: () => clusterTemplates.all().map(keyOfTemplate),
  }
}

export function followedWorkloads({
  requests,
  templates,
  clusterTemplates,
}: Lookup<'requests' | 'templates' | 'clusterTemplates'>): FollowedKind<KubeObject> {
  const targeting = (name: string): readonly AnyTemplate[] => [
    ...templates.by(byTargetName, name),
    ...clusterTemplates.by(byTargetName, name),
  ]
  return {
    indexes: {},
    trim: trimWorkload,
    concerns: (_key, { metadata: { uid = '', namespace = '' } }) =>
      keysOf([...requests.by(byWorkload, uid), ...requests.by(byNamespace, namespace)]),
    concernsTemplate: ({ metadata }) => targeting(metadata.name).map(keyOfTemplate),
  }
}

function keysOf(requests: readonly AccessRequest[]): readonly string[] {
  return requests.map(keyOf)
}

/** Drops annotations, which nothing reads here: their changes would cause looks for nothing. */
function withoutNotes(object: KubeObject): KubeObject {
  const { annotations: _annotations, ...metadata } = object.metadata
  return { ...object, metadata }
}

function targetNames(template: AnyTemplate): readonly string[] {
  const target = targetRef(template)
  return target ? [target.name] : []
}

/**
 * Returns the request for which a pod was made. Pods of others may have the annotation, too: a Deployment's template
 * has it copied.
 */
function madeForRequest(pod: Provided): readonly string[] {
  return pod.metadata.labels?.[requestUidLabel] === undefined ? [] : requestsOf(pod)
}

function requestsOf({ metadata }: Provided): readonly string[] {
  return requestsNamed(metadata.namespace, metadata.annotations?.[requestAnnotation])
}

/**
 * Returns the request for which a binding was made. Only bindings may name a request in another namespace; otherwise
 * anyone could trigger work outside their own.
 */
function requestsOfBinding({ metadata: { annotations, namespace } }: Provided): readonly string[] {
  return requestsNamed(annotations?.[requestNamespaceAnnotation] ?? namespace, annotations?.[requestAnnotation])
}

function requestsNamed(namespace: string | undefined, name: string | undefined): readonly string[] {
  return namespace === undefined || name === undefined ? [] : [`${namespace}/${name}`]
}

function recordedRequest({ spec }: AccessRecord): readonly string[] {
  return spec.request ? [`${spec.request.namespace}/${spec.request.name}`] : []
}

/** Returns the pod in which a task is still to be undone. Its request may be gone. */
function podToUndo({ spec: { request, undo } }: AccessRecord): readonly string[] {
  return request && undo ? [`${request.namespace}/${undo.pod}`] : []
}
