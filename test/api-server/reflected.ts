import { createClient, type Client } from '../../src/cluster/client/client.ts'
import { steadyClock } from '../../src/cluster/clock/clock.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import type { ReflectorEvent } from '../../src/cluster/reflector/reflector-recovery.ts'
import { createReflector, type Reflector } from '../../src/cluster/reflector/reflector.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { configMaps, ours, type ConfigMap } from './config-maps.ts'
import type { Scene } from './this-cluster.ts'

/** A reflector that runs through a fault proxy, and all that it reported. */
export interface Reflected {
  readonly reflector: Reflector<ConfigMap>
  readonly log: readonly ReflectorEvent[]
  /** The changes as they were reported, each as `name: uid > uid`. */
  readonly changes: readonly string[]
  /** The objects that result when the reports are replayed. */
  readonly replayed: ReadonlyMap<string, ConfigMap>
  /** Waits until the reflector holds the same objects as a LIST returns. */
  readonly settle: () => Promise<void>
  readonly stop: () => Promise<void>
}

export function reflect(
  { admin, namespace }: Scene,
  proxy: FaultProxy,
  options: { readonly silenceMs?: number; readonly onChange?: (key: string) => void } = {},
): Reflected {
  const client: Client = createClient(connect(proxy.kubeconfig))
  const abort = new AbortController()
  const log: ReflectorEvent[] = []
  const changes: string[] = []
  const replayed = new Map<string, ConfigMap>()
  const reflector = createReflector<ConfigMap>({
    client,
    resource: configMaps,
    namespace,
    labelSelector: ours,
    indexes: { value: ({ data }) => Object.values(data ?? {}) },
    onChange: (key, before, after) => {
      changes.push(`${key.split('/')[1] ?? ''}: ${uidOf(before)} > ${uidOf(after)}`)
      if (after) replayed.set(key, after)
      else replayed.delete(key)
      options.onChange?.(key)
    },
    clock: steadyClock,
    // The pauses are not tested here: 16 ms, 32 ms and so on.
    random: () => 0.02,
    log: (event) => log.push(event),
    ...(options.silenceMs !== undefined && { silenceMs: options.silenceMs }),
  })
  const run = reflector.run(abort.signal)
  return {
    reflector,
    log,
    changes,
    replayed,
    settle: () =>
      waitUntil(
        {
          what: 'the equality of the reflector and a LIST',
          deadlineMs: 15_000,
          evidence: () => JSON.stringify(log.slice(-5), undefined, 1),
        },
        async () => {
          const { items } = await admin.list(configMaps, { namespace, labelSelector: ours })
          return equal(items, reflector.all()) && equal(items, [...replayed.values()])
        },
      ),
    async stop() {
      abort.abort()
      await run
      await client.close()
    },
  }
}

function equal(one: readonly ConfigMap[], other: readonly ConfigMap[]): boolean {
  const versions = (objects: readonly ConfigMap[]) =>
    objects.map(({ metadata }) => `${metadata.uid ?? ''} ${metadata.resourceVersion ?? ''}`).toSorted()
  return JSON.stringify(versions(one)) === JSON.stringify(versions(other))
}

function uidOf(object: ConfigMap | undefined): string {
  return object?.metadata.uid ?? '-'
}
