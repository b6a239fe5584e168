import { randomUUID } from 'node:crypto'
import type { AuditConfig } from '../api/config/audit-config.ts'
import { accessRecordKind } from '../api/kinds/access-record.ts'
import type { Client } from '../cluster/client/client.ts'
import type { WaryClock } from '../cluster/clock/wary-clock.ts'
import type { ReflectorLog } from '../cluster/reflector/reflector-recovery.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { countRecords } from './delivery/audit-records.ts'
import { createSink, type Sink } from './delivery/sink.ts'
import { createRecordWriter } from './record/record-writer.ts'
import { createRecorder, type Recorder } from './record/recorder.ts'

/** The parts that bring events to sinks. Events go into the cluster first. */
export interface KeptEvents {
  readonly recorder: Recorder
  readonly sinks: readonly Sink[]
  close(): Promise<void>
}

export interface KeptParts {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly log: Log
  readonly metrics: Metrics
  /** Its abort ends the count of records. */
  readonly signal: AbortSignal
}

// A replica that ends has this long to write the events in its memory.
const closeWithinMs = 5_000

export function keepEvents(config: AuditConfig, { client, clock, log, metrics, signal }: KeptParts): KeptEvents {
  const sinks = config.sinks.map((sink) =>
    counted(
      createSink(sink, () => clock.now()),
      metrics,
    ),
  )
  const onView: ReflectorLog = (event) => {
    if (event.event !== 'listed') log.warn({ ...event }, 'the count of audit records lost touch; it goes on')
  }
  const names = sinks.map(({ name }) => name)
  const records = countRecords(client, names, onView, signal)
  const recorder = createRecorder({
    writer: createRecordWriter({
      boot: randomUUID(),
      create: (record, ended) => client.create(accessRecordKind, record, ended),
    }),
    sinks,
    isFull: () => records.waiting() >= config.maxWaiting,
    isCrowded: () => records.waiting() >= 2 * config.maxWaiting,
    onFailure: (event, err, what) => {
      log.error({ id: event.id, type: event.type, err, what }, 'audit event not kept')
    },
  })
  metrics.measured.records = records
  metrics.measured.inMemory = () => recorder.waiting()
  return {
    recorder,
    sinks,
    async close() {
      await recorder.close(closeWithinMs)
      await Promise.all(sinks.map((sink) => sink.close()))
    },
  }
}

function counted(sink: Sink, metrics: Metrics): Sink {
  return {
    ...sink,
    async deliver(event, signal) {
      try {
        await sink.deliver(event, signal)
        metrics.onDelivery(sink.name, 'delivered')
      } catch (error) {
        metrics.onDelivery(sink.name, 'failed')
        throw error
      }
    },
  }
}
