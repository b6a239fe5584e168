import { authorityId } from '../../../certs/certificate-facts.ts'
import { certificatesIn } from '../../../certs/stored-certificates.ts'
import { fieldsOf, type Fields } from '../../api/fields.ts'
import type { Milliseconds } from '../../api/duration.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import { injectionOf } from '../../install/live-difference.ts'
import { webhooksOf } from '../../install/secret-path.ts'
import { injectionAnnotation } from '../../install/webhook-configuration.ts'

/** A live webhook configuration, with the CAs that each of its webhooks trusts. */
export interface LiveBundle {
  readonly configuration: KubeObject
  /** The `caBundle` of each webhook, as it stands there; empty if there is none. */
  readonly caBundles: readonly string[]
  /** The ids of the CAs, for each webhook. */
  readonly trusted: readonly (readonly string[])[]
}

/** The trust that the webhook configurations are to have. */
export interface WantedTrust {
  /** The CAs, as base64 of the PEM. */
  readonly caBundle: string
  /** The Certificate of cert-manager, while its CA injector is to keep `caBundle`. */
  readonly injectCaFrom?: string | undefined
}

const kinds = [resources.MutatingWebhookConfiguration, resources.ValidatingWebhookConfiguration]

/** Reads both webhook configurations of this name. One that does not exist is left out: nobody calls by it. */
export async function readLiveBundles(
  client: Pick<Client, 'get'>,
  name: string,
  signal: AbortSignal,
): Promise<readonly LiveBundle[]> {
  const live = await Promise.all(kinds.map((kind) => client.get(kind, { name }, signal)))
  return live
    .filter((configuration) => configuration !== undefined)
    .map((configuration) => {
      const caBundles = webhooksOf({ ...configuration }).map(caBundleOf)
      return { configuration, caBundles, trusted: caBundles.map(idsIn) }
    })
}

function caBundleOf(webhook: Fields): string {
  const { caBundle } = fieldsOf(webhook['clientConfig'])
  return typeof caBundle === 'string' ? caBundle : ''
}

/** Returns the CAs of a `caBundle`, each in PEM. */
export function authoritiesIn(caBundle: string): readonly string[] {
  return certificatesIn(Buffer.from(caBundle, 'base64').toString('utf8'))
}

/** Returns the ids of the CAs of a `caBundle`. */
export function idsIn(caBundle: string): readonly string[] {
  return authoritiesIn(caBundle).map(authorityId)
}

/** The trust that this leader has wanted so far. */
interface KnownTrust {
  /** The ids of all CAs of it. */
  readonly ids: ReadonlySet<string>
  /** The Certificate from which its config lets the CAs be injected. */
  readonly injectCaFrom: string | undefined
}

/**
 * Returns true if the configuration has another state of our own trust, and so is to get the present one. Any other
 * difference is not ours: the self-check finds it, tells it and mends it.
 */
export function isOtherStateOf(live: LiveBundle, wanted: WantedTrust, known: KnownTrust): boolean {
  const injected = injectionOf({ ...live.configuration })
  const isOurs =
    live.trusted.every((ids) => ids.length > 0 && ids.every((id) => known.ids.has(id))) &&
    Object.entries(injected).every(([key, from]) => key === injectionAnnotation && from === known.injectCaFrom)
  const isHandedOver = injected[injectionAnnotation] !== undefined
  const isToBe = wanted.injectCaFrom !== undefined
  if (isHandedOver && isToBe) return false
  return isOurs && (isHandedOver !== isToBe || live.caBundles.some((caBundle) => caBundle !== wanted.caBundle))
}

/**
 * Writes the trust into the configuration: CAs and annotation at once, so that the CA injector cannot come in between.
 * Rejects with Conflict if the configuration has changed since it was read.
 */
export async function publishTrust(
  client: Pick<Client, 'replace'>,
  { configuration }: LiveBundle,
  { caBundle, injectCaFrom }: WantedTrust,
  signal: AbortSignal,
): Promise<void> {
  const kind = kinds.find((one) => one.kind === configuration.kind)
  if (kind === undefined) return
  const webhooks = webhooksOf({ ...configuration }).map((webhook) => ({
    ...webhook,
    clientConfig: { ...fieldsOf(webhook['clientConfig']), caBundle },
  }))
  const injected = injectionOf({ ...configuration })
  const others = Object.entries(configuration.metadata.annotations ?? {}).filter(([key]) => !(key in injected))
  const own = injectCaFrom === undefined ? {} : { [injectionAnnotation]: injectCaFrom }
  const metadata = { ...configuration.metadata, annotations: { ...Object.fromEntries(others), ...own } }
  const changed: KubeObject & { readonly webhooks: readonly object[] } = { ...configuration, metadata, webhooks }
  await client.replace(kind, changed, signal)
}

/** Measures for how long every live webhook configuration has had a CA. */
export interface CarriedAuthorities {
  /** Takes what was just read. */
  note(live: readonly LiveBundle[]): void
  /** Returns the time for a CA, by its id. Undefined if some configuration lacks it. */
  readonly forMs: (id: string) => Milliseconds | undefined
}

/** @param clock must be steady */
export function createCarriedAuthorities(clock: Clock): CarriedAuthorities {
  let since = new Map<string, Instant>()
  let emptySince: Instant | undefined
  return {
    note(live) {
      const webhooks = live.flatMap(({ trusted }) => trusted)
      const now = clock.now()
      const everywhere = new Set(webhooks.flat().filter((id) => webhooks.every((ids) => ids.includes(id))))
      since = new Map([...everywhere].map((id) => [id, since.get(id) ?? now]))
      // Where no configuration is, nobody calls, and each CA is as good as known.
      emptySince = webhooks.length === 0 ? (emptySince ?? now) : undefined
    },
    forMs: (id) => {
      const from = emptySince ?? since.get(id)
      return from === undefined ? undefined : clock.now() - from
    },
  }
}
