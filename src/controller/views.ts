import { accessGrantKind, type AccessGrant } from '../api/kinds/access-grant.ts'
import { accessPassKind, type AccessPass } from '../api/kinds/access-pass.ts'
import { accessRecordKind, type AccessRecord } from '../api/kinds/access-record.ts'
import { accessRequestKind, type AccessRequest } from '../api/kinds/access-request.ts'
import type { Pod } from '../api/pod.ts'
import type { Client } from '../cluster/client.ts'
import { steadyClock } from '../cluster/clock.ts'
import { createReflector, type Reflector } from '../cluster/reflector.ts'
import type { ReflectorLog } from '../cluster/reflector-event.ts'
import type { KubeObject, Resource } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { installation } from '../provision/install/names.ts'
import { requestAnnotation, requestUidLabel } from '../provision/exec-objects.ts'
import { passKeyOf, podKeyOf } from './keys.ts'
import { trimPod } from './trim-pod.ts'

/** An object that was made for a request. */
export type Provided = KubeObject & { readonly metadata: { readonly uid: string; readonly namespace: string } }

/** What the controller sees of the cluster. Views run behind: what ends an access is looked up live before it is believed. */
export interface Views {
  readonly requests: Reflector<AccessRequest>
  readonly grants: Reflector<AccessGrant>
  readonly passes: Reflector<AccessPass>
  readonly pods: Reflector<Pod & KubeObject>
  readonly roles: Reflector<Provided>
  readonly bindings: Reflector<Provided>
  /** The uses of `once` requests. */
  readonly uses: Reflector<AccessRecord>
}

/** Who has to look again when something changes. */
export interface Listeners {
  readonly request: (key: string) => void
  readonly pass: (key: string) => void
}

/** The index of all views but `pods` and `passes`: what belongs to a request, by its key. */
export const byRequest = 'request'
const byPod = 'pod'
export const byPass = 'pass'

export function createViews(client: Client, { request, pass }: Listeners, log: ReflectorLog): Views {
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
      },
    })
  const provided: Followed<Provided> = {
    labelSelector: requestUidLabel,
    indexes: { [byRequest]: requestsOf },
    concerns: (_key, object) => requestsOf(object),
  }
  const views: Views = {
    requests: follow<AccessRequest>(accessRequestKind, {
      indexes: { [byPod]: (one) => podKeyOf(one), [byPass]: (one) => passKeyOf(one) },
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
      indexes: {},
      trim: trimPod,
      concerns: (key) => views.requests.by(byPod, key).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    }),
    roles: follow<Provided>(resources.Role, provided),
    bindings: follow<Provided>(resources.RoleBinding, provided),
    uses: follow<AccessRecord>(accessRecordKind, {
      namespace: installation.namespace,
      indexes: { [byRequest]: usedRequest },
      concerns: (_key, record) => usedRequest(record),
    }),
  }
  return views
}

/** Runs all views until the signal fires. */
export async function runViews(views: Views, signal: AbortSignal): Promise<void> {
  await Promise.all(reflectors(views).map((view) => view.run(signal)))
}

/** Resolves when each view has seen everything once. Before that absence means nothing. */
export async function viewsSynced(views: Views): Promise<void> {
  await Promise.all(reflectors(views).map(({ synced }) => synced))
}

function reflectors(views: Views): readonly Pick<Reflector<unknown>, 'run' | 'synced'>[] {
  return [views.requests, views.grants, views.passes, views.pods, views.roles, views.bindings, views.uses]
}

interface Followed<T extends KubeObject> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly indexes: Readonly<Record<string, (object: T) => readonly string[]>>
  readonly trim?: (object: KubeObject) => T
  /** Keys of the requests that the object concerns. */
  readonly concerns: (key: string, object: T) => readonly string[]
  readonly concernsPass?: (key: string, object: T) => readonly string[]
}

function requestsOf({ metadata }: Provided): readonly string[] {
  const name = metadata.annotations?.[requestAnnotation]
  return name === undefined ? [] : [`${metadata.namespace}/${name}`]
}

function usedRequest({ spec }: AccessRecord): readonly string[] {
  return spec.use && spec.request ? [`${spec.request.namespace}/${spec.request.name}`] : []
}
