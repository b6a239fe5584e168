import { installation } from '../../api/installation.ts'
import { createWakeUp, sleepUntilWoken } from '../../cluster/queue/wake-up.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isConflict } from '../../cluster/client/api-error.ts'
import { steadyClock, type Instant } from '../../cluster/clock/clock.ts'
import { createBackoff, watchBackoff } from '../../cluster/queue/backoff.ts'
import { followSecret, remedyFor } from './certificate-secrets.ts'
import { createTerm, type Term } from './certificate-term.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'

/** Keeps the CA and the leaf of a self-managed installation, on the leader. */
export interface CertificateKeeper {
  /** Returns the CAs that the API server is to trust, as base64 of the PEM. Undefined until the first look. */
  caBundle(): string | undefined
  /** Returns the end of the CA that signs. Undefined on a replica that does not lead. */
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

export function createCertificateKeeper(options: CertificateKeeperOptions): CertificateKeeper {
  let term: Term | undefined
  return {
    caBundle: () => term?.caBundle(),
    expiresAt: () => term?.expiresAt(),
    start(client, signal) {
      const looked = Promise.withResolvers<undefined>()
      // The knowledge of an earlier term may be old by now: another replica led meanwhile.
      const own = createTerm(options, client, signal)
      term = own
      const onLooked = (): void => {
        looked.resolve(undefined)
      }
      const ended = keep({ ...options, client, signal, term: own, onLooked }).finally(() => {
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
  readonly term: Term
  readonly onLooked: () => void
}

// Another writer of the Secrets must not make us write without end.
const betweenLooksMs = 1_000
const maxStepsAtOnce = 8

async function keep({ term, clock, times, log, signal, onLooked, ...rest }: Keeping): Promise<never> {
  const wakeUp = createWakeUp()
  const backoff = createBackoff({ ...watchBackoff, clock: steadyClock, random: Math.random })
  const onChange = (): void => {
    wakeUp.wake()
  }
  const followed = [installation.caSecret, installation.tlsSecret].map((name) =>
    followSecret(rest.client, { name, namespace: rest.namespace }, { onChange }),
  )
  const following = followed.map((secret) => secret.run(signal))
  // A Secret that was deleted after the first look and before the first list is not a change to those who follow it.
  void Promise.all(followed.map(({ synced }) => synced)).then(onChange)
  try {
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
