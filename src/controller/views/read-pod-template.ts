import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject, Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { podTemplateIn, type Reference } from '../../provision/shell/template/pod-template-in.ts'
import { findWorkloadKind } from '../../decision/pod/workload-kind.ts'
import { findReferredKind, type WorkloadKind } from './workloads.ts'

/** A pod template as it is stored, unchecked. */
export interface FoundTemplate {
  readonly template: unknown
  /** The printable name of the object that has it. */
  readonly of: string
  /** The path of its field. */
  readonly at: string
}

type PodTemplateRead =
  | ({ readonly ok: true } & FoundTemplate)
  /** `final`: only a change of a workload, or of the config, can help. */
  | { readonly ok: false; readonly problem: string; readonly final: boolean }

interface PodTemplateReading {
  readonly client: Pick<Client, 'get'>
  /** The kinds to which a reference may lead. */
  readonly kinds: readonly WorkloadKind[]
  readonly namespace: string
  readonly signal: AbortSignal
}

/**
 * Reads the pod template of a workload as it is now, or that of the one workload to which it refers, and no further. A
 * plain Pod gives the template from which it would have been made. Undefined if the kind is not known, or the workload
 * is another by now.
 */
export async function readPodTemplate(
  reading: PodTemplateReading,
  from: WorkloadRef,
  { name, uid }: UsedWorkload,
): Promise<PodTemplateRead | undefined> {
  const kind = from.kind === 'Pod' ? resources.Pod : findWorkloadKind(from, reading.kinds)
  if (!kind) return undefined
  const what = say`${from.kind} ${name}`
  const { object, forbidden } = await read(reading, kind, name)
  if (forbidden !== undefined) return later(`Sallyport may not read ${what}: ${forbidden}`)
  if (object?.metadata.uid !== uid) return undefined
  if ('podTemplate' in kind) return templateOf(reading, object, kind, what)
  return { ok: true, template: { metadata: object.metadata, spec: object.spec }, of: what, at: what }
}

function templateOf(
  reading: PodTemplateReading,
  object: KubeObject,
  kind: WorkloadKind,
  what: string,
): PodTemplateRead | Promise<PodTemplateRead> {
  const own = podTemplateIn(object, kind)
  switch (own.found) {
    case 'template':
      return { ok: true, template: own.template, of: what, at: kind.podTemplate }
    case 'reference':
      return referredTemplate(reading, own.reference, what)
    case 'nothing':
      return never(`${what} has no pod template: ${own.problem}`)
  }
}

async function referredTemplate(
  reading: PodTemplateReading,
  reference: Reference,
  from: string,
): Promise<PodTemplateRead> {
  const { kind: kindName, apiVersion, name } = reference
  const refers = say`${from} refers to ${kindName} ${name}`
  const kind = findReferredKind(reference, reading.kinds)
  if (!kind)
    return never(refers + say`, and the workloads in Sallyport's config do not name ${kindName} of ${apiVersion}`)
  const { object, forbidden } = await read(reading, kind, name)
  if (forbidden !== undefined) return later(`${refers}, which Sallyport may not read: ${forbidden}`)
  if (!object || object.metadata.deletionTimestamp !== undefined)
    return later(refers + say`, which does not exist in ${reading.namespace} yet`)
  const own = podTemplateIn(object, { podTemplate: kind.podTemplate })
  if (own.found === 'template') {
    const of = say`${kindName} ${name}, to which ` + from + ' refers,'
    return { ok: true, template: own.template, of, at: kind.podTemplate }
  }
  return never(`${refers}, which has no pod template of its own`)
}

type Read =
  | { readonly object: (KubeObject & { readonly spec?: unknown }) | undefined; readonly forbidden?: never }
  /** The API server's words. */
  | { readonly object?: never; readonly forbidden: string }

async function read({ client, namespace, signal }: PodTemplateReading, kind: Resource, name: string): Promise<Read> {
  try {
    return { object: await client.get(kind, { namespace, name }, signal) }
  } catch (error) {
    if (!(error instanceof KubeApiError) || error.status !== 403) throw error
    return { forbidden: quoted(error.statusMessage ?? error.message) }
  }
}

function later(problem: string): PodTemplateRead {
  return { ok: false, problem, final: false }
}

function never(problem: string): PodTemplateRead {
  return { ok: false, problem, final: true }
}
