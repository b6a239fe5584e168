import { checkPod } from '../../src/api/schema/checks.ts'
import { debugRecordName } from '../../src/api/kinds/access-record.ts'
import type { AccessPass } from '../../src/api/kinds/access-pass.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { AnyTemplate } from '../../src/api/kinds/access-template.ts'
import type { TemplateRef } from '../../src/api/kinds/access-request-spec.ts'
import { readable } from '../../src/api/schema/readable.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { readControllers } from '../../src/cluster/client/controllers-of.ts'
import type { Resource } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { readTyped, type Readable } from '../../src/cluster/client/typed-object.ts'
import type { AccessSnapshot, EntryAttempt } from '../../src/decision/gate/access-snapshot.ts'
import { attachedDebug } from '../../src/decision/gate/debug-entry.ts'
import { passName } from '../../src/decision/pod/pass-name.ts'
import { templateKey } from '../../src/decision/template.ts'
import { readTemplate } from '../../src/live/live-objects.ts'
import { readRecord } from './single-record.ts'

const readablePod = { resource: resources.Pod, check: checkPod }

/**
 * Reads all objects that decide an entry, live and by name: pod and pass, then what the pass lists: requests, grants,
 * templates.
 * There are two rounds, no LIST and no cache, so that a grant counts at once, and its end, too. Under a template, the
 * controllers of the pod are read beside the second round, one after the other. Most pods have one or two.
 * @param workloads the kinds that a template may target
 */
export async function readAccess(
  client: Client,
  workloads: readonly Resource[],
  { entry, user }: Pick<EntryAttempt, 'entry' | 'user'>,
  signal: AbortSignal,
): Promise<AccessSnapshot> {
  const { namespace, name: podName } = entry
  const get = <T>(kind: Readable<T>, name: string): Promise<T | undefined> =>
    readTyped(client, kind, { namespace, name }, signal)

  const [pod, pass] = await Promise.all([
    get(readablePod, podName),
    get(readable.pass, passName(user.username, podName)),
  ])
  const listed = pass?.spec.requests ?? []
  const attached = attachedDebug(entry, pod)
  const isTemplated = listed.some(({ template }) => template !== undefined)
  const [requests, lastEnded, grants, templates, debug, controllers] = await Promise.all([
    each(namesOf(listed), (name) => get(readable.request, name)),
    readLastEnded(pass, (name) => get(readable.request, name)),
    each(namesOf(listed.flatMap((one) => one.grants)), (name) => get(readable.grant, name)),
    templatesOf(listed, (ref) => readTemplate(client, ref, namespace, signal)),
    // Without a pass nobody may attach, so nothing is read.
    pass && pod && attached && readRecord(client, debugRecordName(pod.metadata.uid, attached.name), signal),
    pod && isTemplated ? readControllers(client, pod, workloads, signal) : [],
  ])
  return { pod, pass, requests, lastEnded, grants, templates, debug, controllers }
}

/** Reads the request that ended last. It only explains a denial, so it is read only if nothing else is listed. */
async function readLastEnded(
  pass: AccessPass | undefined,
  get: (name: string) => Promise<AccessRequest | undefined>,
): Promise<AccessRequest | undefined> {
  const { requests = [], ended } = pass?.spec ?? {}
  return ended && requests.length === 0 ? get(ended.name).catch(() => undefined) : undefined
}

async function templatesOf(
  listed: readonly { readonly template?: TemplateRef }[],
  read: (ref: TemplateRef) => Promise<AnyTemplate | undefined>,
): Promise<ReadonlyMap<string, AnyTemplate | undefined>> {
  const refs = new Map(listed.flatMap(({ template }) => (template ? [[templateKey(template), template] as const] : [])))
  return new Map(
    await Promise.all(
      [...refs].map(async ([key, ref]): Promise<[string, AnyTemplate | undefined]> => [key, await read(ref)]),
    ),
  )
}

function namesOf(objects: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(objects.map(({ name }) => name))
}

async function each<T>(names: ReadonlySet<string>, get: (name: string) => Promise<T>): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all([...names].map(async (name): Promise<[string, T]> => [name, await get(name)])))
}
