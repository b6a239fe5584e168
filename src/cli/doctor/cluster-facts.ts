import type { Instant } from '../../api/duration.ts'
import type { ConfigFile } from '../../api/config/config.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { LiveObject } from '../../install/live-difference.ts'
import type { RbacBinding, RbacRole } from './rights.ts'

/** All that the doctor knows of a cluster. A part that could not be read is undefined, and no rule judges it. */
export interface ClusterFacts {
  /** The time on this machine. */
  readonly now: Instant
  /** The version of this program. */
  readonly version: string
  readonly roles?: readonly RbacRole[] | undefined
  readonly bindings?: readonly RbacBinding[] | undefined
  /** The uids of the requests that have not ended. */
  readonly requests?: readonly string[] | undefined
  /** The config in the ConfigMap, with its defaults. */
  readonly config?: ConfigFile | undefined
  /** The objects that should be there, each with the live one. */
  readonly installed?: readonly Compared[] | undefined
  readonly gate?: GateConfiguration | 'absent' | undefined
  readonly deployment?: Deployment | 'absent' | undefined
  readonly certificates?: readonly Certificate[] | undefined
  /** The long-lived tokens of service accounts, in Secrets. */
  readonly tokens?: readonly TokenSecret[] | undefined
  readonly kubernetes?: { readonly major: number; readonly minor: number } | undefined
  /** The time on the API server, cut to the second, and how long its answer took. */
  readonly server?: { readonly time: Instant; readonly tookMs: number } | undefined
  /** The audit events that wait for a sink. */
  readonly waiting?: readonly WaitingEvents[] | undefined
}

/** An object that should be there. */
export interface Compared {
  readonly wanted: Manifest
  readonly live: LiveObject | undefined
}

/** The ValidatingWebhookConfiguration. */
export interface GateConfiguration extends LiveObject {
  readonly webhooks?: readonly LiveWebhook[]
}

export interface LiveWebhook {
  readonly name: string
  readonly failurePolicy?: string
  readonly clientConfig?: {
    readonly url?: string
    readonly caBundle?: string
    readonly service?: { readonly namespace?: string; readonly name?: string }
  }
}

export interface Deployment {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly replicas?: number }
  readonly status?: {
    readonly readyReplicas?: number
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[]
  }
}

export interface Certificate {
  /** The object that has it, such as `Secret sallyport-tls`. */
  readonly where: string
  readonly from: Instant
  readonly until: Instant
}

export interface TokenSecret {
  readonly namespace: string
  readonly name: string
  readonly account: string
}

export interface WaitingEvents {
  readonly sink: string
  readonly count: number
  /** The time of the oldest event. */
  readonly since: Instant
}
