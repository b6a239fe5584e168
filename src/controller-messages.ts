import type { Match } from './api/review/match.ts'
import type { Config } from './config/config.ts'
import type { MeasuredMetrics } from './observe/metrics.ts'

/** What the controller's thread is started with. */
export interface ControllerStart {
  readonly config: Config
  /** The file, where one was named. */
  readonly kubeconfig: string | undefined
  /** Where the gate serves its webhooks: what the self-check holds says so. */
  readonly port: number
}

/** What the gate's thread says to the controller's. */
export type ToController =
  { readonly say: 'stop' } | { readonly say: 'ping' } | { readonly say: 'measure'; readonly id: number }

/** What the controller's thread says to the gate's. Its end is the end of the thread. */
export type FromController =
  | { readonly say: 'line'; readonly line: string }
  | { readonly say: 'pong' }
  /** It is about to write these paths into the webhook configuration of this type. */
  | { readonly say: 'paths'; readonly type: Match['type']; readonly paths: readonly string[] }
  | { readonly say: 'measured'; readonly id: number; readonly metrics: MeasuredMetrics }
