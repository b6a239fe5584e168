import { installation } from '../../api/installation.ts'
import { createWakeUp, sleepUntilWoken, type WakeUp } from '../../cluster/queue/wake-up.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isConflict } from '../../cluster/client/api-error.ts'
import { steadyClock, type Instant } from '../../cluster/clock/clock.ts'
import { createBackoff, watchBackoff } from '../../cluster/queue/backoff.ts'
import { followAnnouncements, syncedSoon, type Announcements } from './announcements.ts'
import { followSecret, remedyFor } from './certificate-secrets.ts'
import { createTerm, type Term } from './certificate-term.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'
import type { WantedTrust } from './live-bundles.ts'

/** Keeps the certificates of an installation and the trust in them, on the leader. */
export interface CertificateKeeper {
  /** Returns the trust that the webhook configurations are to have. Undefined until the first look. */
  trust(): WantedTrust | undefined
  /** Returns the end of the CA that signs. Undefined on a replica that does not lead, and if others made the CA. */
  expiresAt(): Instant | undefined
  /** Keeps them in one term of leading. */
  start(client: Client, signal: AbortSignal): KeptCertificates
}

interface KeptCertificates {
  /** Resolves after the first look, also if it failed. */
  readonly looked: Promise<void>
  /** Rejects with the signal's reason at the end of the term. */
  readonly ended: Promise<never>
}

/** Makes the keeper of a self-managed installation: it makes CA and leaf. */
export function createCertificateKeeper(options: CertificateKeeperOptions): CertificateKeeper {
  let term: Term | undefined
  return {
    trust: () => term?.trust(),
    expiresAt: () => term?.expiresAt(),
    start(client, signal) {
      const looked = Promise.withResolvers<undefined>()
      const wakeUp = createWakeUp()
      const announcements = followAnnouncements(client, options.namespace, () => {
        wakeUp.wake()
      })
      // The knowledge of an earlier term may be old by now: another replica led meanwhile.
      const own = createTerm(options, { client, signal, announcements })
      term = own
      const onLooked = (): void => {
        looked.resolve(undefined)
      }
      const parts = { client, signal, wakeUp, announcements, term: own, onLooked }
      const ended = keep({ ...options, ...parts }).finally(() => {
        if (term === own) term = undefined
        onLooked()
      })
      return { looked: looked.promise, ended }
    },
  }
}

interface Keeping extends CertificateKeeperOptions {
  readonly client: Client
  readonly signal: AbortSignal
  readonly wakeUp: WakeUp
  readonly announcements: Announcements
  readonly term: Term
  readonly onLooked: () => void
}

// Another writer of the Secrets must not make us write without end.
const betweenLooksMs = 1_000
const maxStepsAtOnce = 8

async function keep(keeping: Keeping): Promise<never> {
  const { term, clock, times, log, signal, wakeUp, announcements, onLooked, ...rest } = keeping
  const backoff = createBackoff({ ...watchBackoff, clock: steadyClock, random: Math.random })
  const onChange = (): void => {
    wakeUp.wake()
  }
  const followed = [installation.caSecret, installation.tlsSecret].map((name) =>
    followSecret(rest.client, { name, namespace: rest.namespace }, { onChange }),
  )
  const following = [...followed, announcements].map((one) => one.run(signal))
  // A Secret that was deleted after the first look and before the first list is not a change to those who follow it.
  void Promise.all(followed.map(({ synced }) => synced)).then(onChange)
  try {
    await syncedSoon(announcements, signal)
    for (;;) {
      const until = await lookOnce(term).catch((err: unknown) => {
        signal.throwIfAborted()
        if (isConflict(err)) return clock.now()
        log.error({ err, remedy: remedyFor(err) }, 'certificates not kept; those before stay')
        return clock.now() + backoff.next()
      })
      onLooked()
      await steadyClock.sleepUntil(steadyClock.now() + Math.min(betweenLooksMs, times.pollMs), signal)
      await sleepUntilWoken({ clock, wakeUp }, until, signal)
    }
  } finally {
    await Promise.all(following)
  }
}

/** Takes steps until there is nothing to do but to wait. Resolves to the time of the next look. */
async function lookOnce(term: Term): Promise<Instant> {
  for (let taken = 0; taken < maxStepsAtOnce; taken++) {
    const until = await term.step()
    if (until !== undefined) return until
  }
  return -Infinity
}
