import type { Match } from './api/review/match.ts'
import type { Config } from './config/config.ts'
import type { MeasuredMetrics } from './observe/metrics.ts'

/** The data with which the controller's thread is started. */
export interface ControllerStart {
  readonly config: Config
  /** The path of the kubeconfig, if one was named. */
  readonly kubeconfig: string | undefined
  /** The port of the gate's webhooks. The self-check holds the webhook configurations to it. */
  readonly port: number
}

/** A message of the gate's thread to the controller's. */
export type ToController =
  { readonly say: 'stop' } | { readonly say: 'ping' } | { readonly say: 'measure'; readonly id: number }

/** A message of the controller's thread to the gate's. The thread tells its end by ending. */
export type FromController =
  | { readonly say: 'line'; readonly line: string }
  | { readonly say: 'pong' }
  /** The controller is about to write these paths into the webhook configuration of this type. */
  | { readonly say: 'paths'; readonly type: Match['type']; readonly paths: readonly string[] }
  | { readonly say: 'measured'; readonly id: number; readonly metrics: MeasuredMetrics }
  /** The last message of a thread that ends in order. */
  | { readonly say: 'counted'; readonly metrics: MeasuredMetrics }
