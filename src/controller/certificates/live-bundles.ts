import { authorityId } from '../../../certs/certificate-facts.ts'
import { certificatesIn } from '../../../certs/stored-certificates.ts'
import { fieldsOf, type Fields } from '../../api/fields.ts'
import type { Milliseconds } from '../../api/duration.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import { webhooksOf } from '../../install/secret-path.ts'

/** A live webhook configuration, with the CAs that each of its webhooks trusts. */
export interface LiveBundle {
  readonly configuration: KubeObject
  /** The ids of the CAs, for each webhook. */
  readonly trusted: readonly (readonly string[])[]
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
    .map((configuration) => ({ configuration, trusted: webhooksOf({ ...configuration }).map(trustedBy) }))
}

function trustedBy(webhook: Fields): readonly string[] {
  const { caBundle } = fieldsOf(webhook['clientConfig'])
  if (typeof caBundle !== 'string') return []
  return certificatesIn(Buffer.from(caBundle, 'base64').toString('utf8')).map(authorityId)
}

/**
 * Returns true if the configuration has another state of our own bundle, and so is to get the present one. Any other
 * difference is not ours: the self-check finds it, tells it and mends it.
 * @param known the ids of the CAs that are, or were just now, in the bundle
 */
export function isOtherStateOf(
  { trusted }: LiveBundle,
  bundle: readonly string[],
  known: ReadonlySet<string>,
): boolean {
  const isOurs = trusted.every((ids) => ids.length > 0 && ids.every((id) => known.has(id)))
  return isOurs && trusted.some((ids) => ids.length !== bundle.length || bundle.some((id) => !ids.includes(id)))
}

/** Writes the bundle into the configuration. Rejects with Conflict if that has changed since it was read. */
export async function publishBundle(
  client: Pick<Client, 'replace'>,
  { configuration }: LiveBundle,
  caBundle: string,
  signal: AbortSignal,
): Promise<void> {
  const kind = kinds.find((one) => one.kind === configuration.kind)
  if (kind === undefined) return
  const webhooks = webhooksOf({ ...configuration }).map((webhook) => ({
    ...webhook,
    clientConfig: { ...fieldsOf(webhook['clientConfig']), caBundle },
  }))
  const changed: KubeObject & { readonly webhooks: readonly object[] } = { ...configuration, webhooks }
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
