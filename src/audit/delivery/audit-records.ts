import { accessRecordKind, type AccessRecord } from '../../api/kinds/access-record.ts'
import { auditLabel } from '../record/event-record.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import { createReflector, type Reflector } from '../../cluster/reflector/reflector.ts'
import type { ReflectorLog } from '../../cluster/reflector/reflector-recovery.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { installation } from '../../api/installation.ts'
import { countedRecord, createWaitingEvents, type CountedRecord } from './waiting-events.ts'

/** Selects the records that are events, for both reflectors. */
const eventRecords = {
  resource: accessRecordKind,
  namespace: installation.namespace,
  labelSelector: auditLabel,
  indexes: {},
  clock: steadyClock,
}

/** Follows the records that are events, in the namespace of Sallyport. */
export function followRecords(
  client: Client,
  onChange: (before: AccessRecord | undefined, after: AccessRecord | undefined) => void,
  log: ReflectorLog,
  namespace = installation.namespace,
): Reflector<AccessRecord> {
  return createReflector<AccessRecord>({
    ...eventRecords,
    namespace,
    client,
    log,
    onChange: (_key, before, after) => {
      onChange(before, after)
    },
  })
}

/** A record without its events, since only their positions are counted. */
interface RecordPositions extends KubeObject {
  readonly counted: CountedRecord
}

export interface RecordCounts {
  /** Returns the number of events in the cluster. */
  kept(): number
  /** Returns the number of events that some sink still has to get. */
  waiting(): number
}

/**
 * Counts the events in the cluster, as far as this replica sees them, while the signal lasts.
 * @param sinks their names
 */
export function countRecords(
  client: Client,
  sinks: readonly string[],
  log: ReflectorLog,
  signal: AbortSignal,
): RecordCounts {
  const events = createWaitingEvents()
  const records = createReflector<RecordPositions>({
    ...eventRecords,
    client,
    log,
    trim: (object) => withoutEvents(object as AccessRecord, sinks),
    onChange: (_key, before, after) => {
      events.change(before?.counted, after?.counted)
    },
  })
  void records.run(signal)
  return events
}

function withoutEvents(record: AccessRecord, sinks: readonly string[]): RecordPositions {
  const { apiVersion, kind, metadata } = record
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
    counted: countedRecord(record, sinks),
  }
}
