import { lackingAuthorities } from '../../../certs/issuers.ts'
import type { Milliseconds } from '../../api/duration.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import {
  authoritiesIn,
  createCarriedAuthorities,
  idsIn,
  isOtherStateOf,
  publishTrust,
  readLiveBundles,
  type WantedTrust,
} from './live-bundles.ts'

/**
 * Returns the trust to publish: the CAs of the leader's own config, and those that replicas announce beside them. While
 * there are such others, cert-manager must not write `caBundle`: it would take them out.
 */
export function trustWith({ caBundle, injectCaFrom }: WantedTrust, announced: readonly string[]): WantedTrust {
  const lacking = lackingAuthorities(authoritiesIn(caBundle), announced)
  if (lacking.length === 0) return { caBundle, injectCaFrom }
  const own = Buffer.from(caBundle, 'base64').toString('utf8').trimEnd()
  return { caBundle: Buffer.from(`${own}\n${lacking.join('')}`).toString('base64') }
}

/** After a write the leader looks once more: the self-check may have put back what it had read before. */
export const lookAgainMs = 2_000

interface PublishOptions {
  /** The name of the two webhook configurations. */
  readonly configurations: string
  /** The Certificate from which the config lets the CAs be injected. */
  readonly injectCaFrom?: string | undefined
  readonly log: { info(fields: object, message: string): void }
}

/** The trust in the live webhook configurations, in one term of leading. */
export interface PublishedTrust {
  /**
   * Writes the trust where another state of it is. Resolves to true if it wrote: then somebody who read the state
   * before may still write that. Undefined only looks.
   */
  publish(wanted: WantedTrust | undefined): Promise<boolean>
  /** Returns the time for which every live webhook configuration has had the CA with this id. */
  readonly carriedForMs: (id: string) => Milliseconds | undefined
}

export function createPublishedTrust(
  { configurations, injectCaFrom, log }: PublishOptions,
  client: Pick<Client, 'get' | 'replace'>,
  signal: AbortSignal,
): PublishedTrust {
  const carried = createCarriedAuthorities(steadyClock)
  /** The ids of all CAs that were wanted in this term. */
  const ids = new Set<string>()
  return {
    carriedForMs: carried.forMs,
    async publish(wanted) {
      for (const id of idsIn(wanted?.caBundle ?? '')) ids.add(id)
      const live = await readLiveBundles(client, configurations, signal)
      // A bundle that somebody took back begins its time anew.
      carried.note(live)
      if (wanted === undefined) return false
      const stale = live.filter((one) => isOtherStateOf(one, wanted, { ids, injectCaFrom }))
      for (const one of stale) {
        await publishTrust(client, one, wanted, signal)
        const { kind, metadata } = one.configuration
        const told = { authorities: idsIn(wanted.caBundle).length, injectCaFrom: wanted.injectCaFrom }
        log.info({ kind, name: metadata.name, ...told }, 'caBundle written')
      }
      if (stale.length > 0) carried.note(await readLiveBundles(client, configurations, signal))
      return stale.length > 0
    },
  }
}
