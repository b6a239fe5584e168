import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject, Resource } from '../../src/cluster/client/resource.ts'

/** The history of one kind in one namespace, as a watch told it, with times. A watch that goes on keeps its client open. */
export interface Watched extends Disposable {
  /** Resolves to the time, by performance.now(), at which an object of this name first met the condition. */
  when(name: string, what: string, condition: (told: Told) => boolean): Promise<number>
}

export interface Told {
  readonly type: string
  readonly object: KubeObject
  readonly at: number
}

const deadlineMs = 60_000

export async function watched(client: Client, resource: Resource, namespace: string): Promise<Watched> {
  const stop = new AbortController()
  const all = new Map<string, Told[]>()
  const listeners = new Set<(told: Told) => void>()
  const { resourceVersion } = await client.list(resource, { namespace })
  const events = await client.watch(resource, {
    namespace,
    resourceVersion,
    timeoutSeconds: 3_600,
    signal: stop.signal,
  })
  const follow = async (): Promise<void> => {
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue
      const told = { ...event, at: performance.now() }
      const { name } = event.object.metadata
      all.set(name, [...(all.get(name) ?? []), told])
      for (const listener of listeners) listener(told)
    }
  }
  // The abort ends the watch. If it ends in another way, some change stays unseen, which is an error there.
  void follow().catch(() => undefined)
  return {
    [Symbol.dispose]() {
      stop.abort()
    },
    when: (name, what, condition) =>
      new Promise((resolve, reject) => {
        const known = all.get(name)?.find(condition)
        if (known) {
          resolve(known.at)
          return
        }
        const listener = (told: Told): void => {
          if (told.object.metadata.name !== name || !condition(told)) return
          clearTimeout(timer)
          listeners.delete(listener)
          resolve(told.at)
        }
        const timer = setTimeout(() => {
          listeners.delete(listener)
          reject(new Error(`${resource.kind} ${name} was not within ${deadlineMs} ms: ${what}`))
        }, deadlineMs)
        listeners.add(listener)
      }),
  }
}

/** True if a pod or a request is Ready. */
export function isReady({ object }: Told): boolean {
  const { status } = object as { readonly status?: { readonly conditions?: readonly Condition[] } }
  return status?.conditions?.some(({ type, status: held }) => type === 'Ready' && held === 'True') ?? false
}

interface Condition {
  readonly type: string
  readonly status: string
}

export function isGone({ type }: Told): boolean {
  return type === 'DELETED'
}
