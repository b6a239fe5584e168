import { issuersOf } from '../certs/issuers.ts'
import { announcedAnnotation } from './api/installation.ts'
import { createWakeUp } from './cluster/queue/wake-up.ts'
import { KubeApiError } from './cluster/client/api-error.ts'
import type { Client } from './cluster/client/client.ts'
import { resources } from './cluster/client/resources.ts'
import { steadyClock, type Instant } from './cluster/clock/clock.ts'
import { createBackoff, watchBackoff } from './cluster/queue/backoff.ts'
import { authoritiesIn, readLiveBundles } from './controller/certificates/live-bundles.ts'
import type { Log } from './observe/log.ts'
import type { ServedCertificates } from './open-certificates.ts'

interface EntryParts {
  readonly client: Pick<Client, 'get' | 'patch'>
  readonly certificates: Pick<ServedCertificates, 'now' | 'onPair' | 'issuers'>
  /** The pod of this replica. Without a name nothing is announced. */
  readonly pod: { readonly namespace: string; readonly name: string | undefined }
  /** The name of the two webhook configurations. */
  readonly configurations: string
  readonly log: Pick<Log, 'error'>
  readonly signal: AbortSignal
}

/** The way of a new replica into service. */
interface Entry {
  /** Returns the reason why the replica must not get calls yet. Undefined from its entry on. */
  readonly whyNotReady: () => string | undefined
}

// The API servers see a change of a webhook configuration within a second, if they are connected.
const settledMs = 5_000
const lookEveryMs = 500

/**
 * Announces the CA of the certificate at the replica's own pod, and keeps the replica out of service until the API server
 * trusts that CA. The leader adds each announced CA to `caBundle`, whatever its own is. So a change from one source of
 * certificates to another loses no call.
 */
export function enterService(parts: EntryParts): Entry {
  const { certificates, log, signal } = parts
  const announcer = createAnnouncer(parts)
  let why: string | undefined = 'the certificate is not there yet'

  async function enter(): Promise<void> {
    while (certificates.now() === undefined) await steadyClock.sleepUntil(steadyClock.now() + lookEveryMs, signal)
    let trustedSince: Instant | undefined
    for (let looks = 0; ; looks++) {
      const untrusted = await whyNotTrusted(parts)
      const now = steadyClock.now()
      if (untrusted !== undefined) trustedSince = undefined
      // What is trusted at the first look was published for replicas before this one.
      else trustedSince ??= looks === 0 ? -Infinity : now
      const isSettled = trustedSince !== undefined && now - trustedSince >= settledMs
      why = untrusted ?? (isSettled ? announcer.whyNot() : 'the API server has just begun to trust the certificate')
      if (why === undefined) return
      await steadyClock.sleepUntil(now + lookEveryMs, signal)
    }
  }
  for (const part of [enter(), announcer.run()]) {
    part.catch((err: unknown) => {
      if (!signal.aborted) log.error({ err }, 'the way into service has ended')
    })
  }
  return { whyNotReady: () => why }
}

/** Resolves to the reason why the API server cannot trust the served certificate. Without configurations it never asks. */
async function whyNotTrusted({
  client,
  certificates,
  configurations,
  signal,
}: EntryParts): Promise<string | undefined> {
  const chain = certificates.now()?.cert ?? ''
  try {
    const live = await readLiveBundles(client, configurations, signal)
    const stale = live.find(({ caBundles }) =>
      caBundles.some((one) => issuersOf(chain, authoritiesIn(one)).length === 0),
    )
    if (stale === undefined) return undefined
    return `caBundle of ${stale.configuration.kind} ${configurations} does not trust the certificate: the leader adds its CA`
  } catch (err) {
    return `the webhook configurations, which hold the trust in it, cannot be read: ${howItFailed(err)}`
  }
}

/** Anybody may read why a replica is not ready. So this names no address. */
function howItFailed(err: unknown): string {
  const isAnswer = err instanceof KubeApiError && err.status !== undefined
  return isAnswer ? `the API server answers with ${err.status}` : 'the API server does not answer'
}

interface Announcer {
  /** Returns the reason why the leader cannot know the CA yet. */
  readonly whyNot: () => string | undefined
  /** Announces each CA until the signal fires. Rejects with its reason. */
  run(): Promise<void>
}

function createAnnouncer({ client, certificates, pod, log, signal }: EntryParts): Announcer {
  const { namespace, name } = pod
  const wakeUp = createWakeUp()
  certificates.onPair(() => {
    wakeUp.wake()
  })
  const backoff = createBackoff({ ...watchBackoff, clock: steadyClock, random: Math.random })
  let announced: string | undefined

  async function announce(pod: string): Promise<void> {
    const issuers = certificates.issuers().join('')
    if (certificates.now() === undefined || issuers === announced) return
    const metadata = { annotations: { [announcedAnnotation]: issuers } }
    await client.patch(resources.Pod, { namespace, name: pod }, { metadata }, signal)
    announced = issuers
  }

  return {
    whyNot: () =>
      name === undefined || announced !== undefined
        ? undefined
        : `its CA is not announced at pod ${namespace}/${name} yet`,
    async run() {
      while (name !== undefined && !signal.aborted) {
        try {
          await announce(name)
          await wakeUp.wait(Infinity, signal)
        } catch (err) {
          signal.throwIfAborted()
          log.error({ err }, 'the CA of the certificate is not announced')
          await steadyClock.sleepUntil(steadyClock.now() + backoff.next(), signal)
        }
      }
    },
  }
}
