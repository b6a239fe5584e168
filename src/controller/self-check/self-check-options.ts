import type { Manifest } from '../../api/manifest.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock } from '../../cluster/clock/clock.ts'
import type { WakeUp } from '../../cluster/queue/wake-up.ts'
import type { Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { Fault } from './faults.ts'
import type { Finding } from './installation-check.ts'
import type { WebhookPaths } from './webhook-paths.ts'

export interface SelfCheckPolicy {
  readonly intervalMs: number
  readonly onDifference: 'Restore' | 'Report'
  /** Returns the installation as it should be, by the config and the CA as they are now. */
  readonly rendered: () => readonly Manifest[]
}

/** The findings of the last look at each thing, for the metrics. */
export interface SelfCheckState {
  /** Returns the objects of the installation that are not as they should be, or will not stay so. */
  faults(): Iterable<Fault>
  /** Returns who holds nodes/proxy. Undefined until the first look. */
  holders(): Holders | undefined
}

export interface SelfCheckOptions extends SelfCheckPolicy {
  readonly client: Client
  /** The clock must be steady: a time of day that is put back would put off the next look. */
  readonly clock: Clock
  readonly log: SelfCheckLog
  /** Makes the self-check look at the gate now. */
  readonly bell: WakeUp
  /** Absent if the webhooks have plain paths. */
  readonly paths: WebhookPaths | undefined
  /** True once the controller has read all kinds that it needs. */
  readonly isSynced: () => boolean
  /** Is told once of each difference of the installation. */
  readonly onFinding: (finding: Finding) => void
  /** Is handed the state that the metrics measure. */
  readonly onState: (state: SelfCheckState) => void
}

interface SelfCheckLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
