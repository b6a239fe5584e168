import { accessGrantKind, type AccessGrant } from '../../api/kinds/access-grant.ts'
import { accessPassKind, type AccessPass } from '../../api/kinds/access-pass.ts'
import { accessRecordKind, type AccessRecord } from '../../api/kinds/access-record.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import {
  accessTemplateKind,
  clusterAccessTemplateKind,
  type AccessTemplate,
  type ClusterAccessTemplate,
} from '../../api/kinds/access-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject, Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { steadyClock, type Instant } from '../../cluster/clock/clock.ts'
import { createReflector, type Reflector } from '../../cluster/reflector/reflector.ts'
import type { ReflectorLog } from '../../cluster/reflector/reflector-recovery.ts'
import { apiGroupOf } from '../../decision/api-group.ts'
import {
  followedBindings,
  followedGrants,
  followedNamespaces,
  followedPasses,
  followedPods,
  followedProvided,
  followedRecords,
  followedRequests,
  followedTemplates,
  followedWorkloads,
  type FollowedKind,
} from './followed-kinds.ts'
import type { Provided, Views } from './views.ts'
import { builtInWorkloads, type WorkloadKind } from './workloads.ts'

/** The listeners that must look again when something changes. */
export interface ViewListeners {
  readonly request: (key: string) => void
  readonly pass: (key: string) => void
  readonly template: (key: string) => void
}

interface ViewsOptions {
  readonly client: Client
  readonly listeners: ViewListeners
  /** The kinds that a template may target, the built-in ones first. */
  readonly workloads: readonly WorkloadKind[]
  readonly log: ReflectorLog
}

/** Makes a view of each kind that the controller reads. None of them sees anything before it runs. */
export function createViews(options: ViewsOptions): Views {
  const follow = <T extends KubeObject>(resource: Resource, followed: FollowedKind<T>): Reflector<T> =>
    followKind(options, resource, followed)
  const requests = follow<AccessRequest>(accessRequestKind, followedRequests)
  const templates = follow<AccessTemplate>(accessTemplateKind, followedTemplates({ requests }))
  const clusterTemplates = follow<ClusterAccessTemplate>(clusterAccessTemplateKind, followedTemplates({ requests }))
  const records = follow<AccessRecord>(accessRecordKind, followedRecords)
  return {
    requests,
    templates,
    clusterTemplates,
    grants: follow<AccessGrant>(accessGrantKind, followedGrants),
    passes: follow<AccessPass>(accessPassKind, followedPasses),
    records,
    pods: follow<Pod & KubeObject>(resources.Pod, followedPods({ requests, records })),
    namespaces: follow<KubeObject>(resources.Namespace, followedNamespaces({ clusterTemplates })),
    workloads: options.workloads.map((resource) => ({
      resource,
      objects: follow<KubeObject>(resource, followedWorkloads({ requests, templates, clusterTemplates })),
    })),
    roles: follow<Provided>(resources.Role, followedProvided),
    bindings: follow<Provided>(resources.RoleBinding, followedBindings),
    clusterBindings: follow<Provided>(resources.ClusterRoleBinding, followedBindings),
  }
}

/**
 * Follows one kind. Each change concerns certain keys, by the object before it and by the object after it. The
 * listeners are told these keys.
 */
function followKind<T extends KubeObject>(
  { client, listeners, log }: ViewsOptions,
  resource: Resource,
  { concerns, concernsPass, concernsTemplate, ...kept }: FollowedKind<T>,
): Reflector<T> {
  return createReflector<T>({
    client,
    resource,
    clock: steadyClock,
    log,
    ...kept,
    onChange: (key, before, after) => {
      const changed = [before, after].filter((one) => one !== undefined)
      new Set(changed.flatMap((one) => concerns(key, one))).forEach(listeners.request)
      new Set(changed.flatMap((one) => concernsPass?.(key, one) ?? [])).forEach(listeners.pass)
      new Set(changed.flatMap((one) => concernsTemplate?.(one) ?? [])).forEach(listeners.template)
    },
  })
}

/** Runs all views until the signal fires. */
export async function runViews(views: Views, signal: AbortSignal): Promise<void> {
  await Promise.all(everyView(views).map((view) => view.run(signal)))
}

/** Returns the time since the API server last sent anything to each view; since `begunAt` if it never did. */
export function silencesOf(
  views: Views,
  begunAt: Instant,
): readonly { readonly resource: string; readonly silentMs: number }[] {
  return everyView(views).map(({ resource, lastContact }) => ({
    resource: fullName(resource),
    silentMs: steadyClock.now() - Math.max(lastContact, begunAt),
  }))
}

/** Returns the name of a resource with its group, such as `deployments.apps`. */
function fullName(resource: Resource): string {
  return [resource.plural, apiGroupOf(resource)].filter(Boolean).join('.')
}

function everyView(views: Views): readonly AnyView[] {
  return [...reflectors(views), ...views.workloads.map(({ objects }) => objects)]
}

type AnyView = Pick<Reflector<unknown>, 'run' | 'synced' | 'resource' | 'lastContact'>

/**
 * Resolves when each view has seen everything once. Before that, absence means nothing. A kind of the config is not
 * awaited, because the cluster may not have it (yet).
 */
export async function viewsSynced(views: Views): Promise<void> {
  const builtIn = views.workloads.slice(0, builtInWorkloads.length).map(({ objects }) => objects)
  await Promise.all([...reflectors(views), ...builtIn].map(({ synced }) => synced))
}

function reflectors(views: Views): readonly AnyView[] {
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
