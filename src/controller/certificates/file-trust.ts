import type { CaBundleResult } from '../../../certs/ca-bundle.ts'
import { createWakeUp, sleepUntilWoken } from '../../cluster/queue/wake-up.ts'
import type { Client } from '../../cluster/client/client.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import { createBackoff, watchBackoff } from '../../cluster/queue/backoff.ts'
import { followAnnouncements, syncedSoon, type Announcements } from './announcements.ts'
import type { CertificateKeeper } from './certificate-keeper.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'
import type { WantedTrust } from './live-bundles.ts'
import { createPublishedTrust, lookAgainMs, trustWith } from './published-trust.ts'

interface FileTrustOptions extends Pick<CertificateKeeperOptions, 'namespace' | 'configurations' | 'log'> {
  /** Reads the CAs as they are in the file now. */
  readonly readCaBundle: () => CaBundleResult
  /** The Certificate from which cert-manager injects `caBundle`. */
  readonly injectCaFrom: string | undefined
}

// An administrator replaces a CA by adding the next one to the file. To read the file costs no call.
const readEveryMs = 10_000

/** Makes the keeper of an installation whose certificate is a file: others keep that, and it keeps the trust. */
export function createFileTrust(options: FileTrustOptions): CertificateKeeper {
  let trust: WantedTrust | undefined
  return {
    trust: () => trust,
    expiresAt: () => undefined,
    start(client, signal) {
      const looked = Promise.withResolvers<undefined>()
      const wakeUp = createWakeUp()
      const announcements = followAnnouncements(client, options.namespace, () => {
        wakeUp.wake()
      })
      const look = createLook(options, { client, signal, announcements }, (wanted) => {
        trust = wanted
      })
      const keep = async (): Promise<never> => {
        await syncedSoon(announcements, signal)
        for (;;) {
          const againMs = await look()
          looked.resolve(undefined)
          await sleepUntilWoken({ clock: steadyClock, wakeUp }, steadyClock.now() + againMs, signal)
        }
      }
      const following = announcements.run(signal)
      const ended = keep().finally(async () => {
        trust = undefined
        looked.resolve(undefined)
        await following
      })
      return { looked: looked.promise, ended }
    },
  }
}

interface LookParts {
  readonly client: Client
  readonly signal: AbortSignal
  readonly announcements: Announcements
}

/** Makes a look, which publishes the trust if it has changed. It resolves to the pause before the next one. */
function createLook(
  { readCaBundle, injectCaFrom, ...options }: FileTrustOptions,
  { client, signal, announcements }: LookParts,
  onTrust: (wanted: WantedTrust | undefined) => void,
): () => Promise<number> {
  const published = createPublishedTrust({ ...options, injectCaFrom }, client, signal)
  const backoff = createBackoff({ ...watchBackoff, clock: steadyClock, random: Math.random })
  let told: string | undefined
  /** The trust that is surely in the webhook configurations, as JSON. */
  let settled: string | undefined

  function wanted(): WantedTrust | undefined {
    const read = readCaBundle()
    const problem = read.ok ? undefined : read.problem
    if (problem !== undefined && problem !== told)
      options.log.error({ problem }, 'tls.caFile not used; the caBundle that is installed stays')
    told = problem
    const announced = announcements.authorities()
    return read.ok && announced ? trustWith({ caBundle: read.caBundle, injectCaFrom }, announced) : undefined
  }

  return async () => {
    const trust = wanted()
    onTrust(trust)
    const text = JSON.stringify(trust)
    if (trust === undefined || text === settled) return readEveryMs
    try {
      const hasWritten = await published.publish(trust)
      settled = hasWritten ? undefined : text
      return hasWritten ? lookAgainMs : readEveryMs
    } catch (err) {
      signal.throwIfAborted()
      options.log.error({ err }, 'caBundle not written; the one before stays')
      return backoff.next()
    }
  }
}
