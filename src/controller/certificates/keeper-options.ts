import type { CertificateTimes } from '../../../certs/plan-certificates.ts'
import type { WaryClock } from '../../cluster/clock/wary-clock.ts'

export interface CertificateKeeperOptions {
  readonly times: CertificateTimes
  /** The hosts that the leaf must name. */
  readonly hosts: readonly string[]
  /** The namespace of the two Secrets. */
  readonly namespace: string
  /** The name of the two webhook configurations that trust the CA. */
  readonly configurations: string
  readonly clock: WaryClock
  readonly log: CertificateLog
}

interface CertificateLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}
