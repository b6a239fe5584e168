import { accessRecordKind, type AccessRecord } from '../api/kinds/access-record.ts'
import { auditLabel } from '../audit/event-record.ts'
import type { Client } from '../cluster/client.ts'
import { steadyClock } from '../cluster/clock.ts'
import { createReflector, type Reflector } from '../cluster/reflector.ts'
import type { ReflectorLog } from '../cluster/reflector-event.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { installation } from '../provision/install/names.ts'

/** Follows the records that are events. */
export function followRecords(
  client: Client,
  onChange: (before: AccessRecord | undefined, after: AccessRecord | undefined) => void,
  log: ReflectorLog,
): Reflector<AccessRecord> {
  return createReflector<AccessRecord>({
    client,
    resource: accessRecordKind,
    namespace: installation.namespace,
    labelSelector: auditLabel,
    indexes: {},
    clock: steadyClock,
    log,
    onChange: (_key, before, after) => {
      onChange(before, after)
    },
  })
}

/** A record without its events: how many they are is all that is asked of it. */
interface Counted extends KubeObject {
  readonly events: number
}

/** How many events are kept in the cluster, as far as this replica sees, while the signal lasts. */
export function countRecords(client: Client, log: ReflectorLog, signal: AbortSignal): { count(): number } {
  let count = 0
  const records = createReflector<Counted>({
    client,
    resource: accessRecordKind,
    namespace: installation.namespace,
    labelSelector: `${auditLabel}=event`,
    indexes: {},
    clock: steadyClock,
    log,
    trim: withoutEvents,
    onChange: (_key, before, after) => {
      count += (after?.events ?? 0) - (before?.events ?? 0)
    },
  })
  void records.run(signal)
  return { count: () => count }
}

function withoutEvents(object: KubeObject): Counted {
  const { apiVersion, kind, metadata, spec } = object as AccessRecord
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    events: spec.events?.length ?? 0,
  }
}
