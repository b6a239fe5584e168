import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { KeyPair } from '../certs/authority.ts'
import { authorityFacts } from '../certs/certificate-facts.ts'
import { issuersOf } from '../certs/issuers.ts'
import { pairProblem, readPair } from '../certs/key-pair.ts'
import { certificateTimes } from '../certs/plan-certificates.ts'
import { certificatesIn, readStoredLeaf } from '../certs/stored-certificates.ts'
import { watchPair } from '../certs/watch-pair.ts'
import { installation } from './api/installation.ts'
import type { Client } from './cluster/client/client.ts'
import { steadyClock } from './cluster/clock/clock.ts'
import type { WaryClock } from './cluster/clock/wary-clock.ts'
import { createBackoff, watchBackoff } from './cluster/queue/backoff.ts'
import type { Config } from './config/config.ts'
import { followSecret, readSecret, remedyFor, type Secret } from './controller/certificates/certificate-secrets.ts'
import { makeFirstCertificates } from './controller/certificates/first-certificates.ts'
import { calledHosts } from './install/client-config.ts'
import type { CertificateExpiry } from './observe/gauges.ts'
import type { Log } from './observe/log.ts'

interface CertificateParts {
  /** The namespace of the Secrets. */
  readonly namespace: string
  readonly client: Client
  readonly clock: WaryClock
  readonly log: Pick<Log, 'info' | 'error'>
  /** Ends the watch of files or of the Secret. */
  readonly signal: AbortSignal
}

/** The pair that this replica serves. */
export interface ServedCertificates {
  /** Returns the pair. Undefined until there is one. */
  readonly now: () => KeyPair | undefined
  /** Calls back with each new pair. */
  onPair(listener: (pair: KeyPair) => void): void
  /** Returns the CAs that signed the pair, in PEM. Empty if they are not known. */
  readonly issuers: () => readonly string[]
  /** Returns the reason why no caller can trust this replica. */
  readonly whyNotReady: () => string | undefined
  /** Returns the ends of the certificates, for the metrics. */
  readonly expiries: () => readonly CertificateExpiry[]
}

/**
 * Opens the source of the pair. A replica without a pair already serves its health, and says that it is not ready.
 * @throws Error if the config names files that cannot be used
 */
export function openCertificates(
  { tls, webhooks }: Pick<Config, 'tls' | 'webhooks'>,
  parts: CertificateParts,
): ServedCertificates {
  if (tls.source === 'Files') {
    const { caFile } = tls
    const served = createServed(parts, () => (caFile === undefined ? [] : authoritiesOf(caFile)))
    const first = readPair(tls, new Date())
    if (!first.ok) throw new Error(first.problem)
    served.take(first.pair)
    watchPair(tls, first.pair, { onPair: served.take, onProblem: served.refuse }, parts.signal)
    const ca = (): readonly CertificateExpiry[] =>
      served
        .issuers()
        .slice(0, 1)
        .map((cert) => ({ certificate: 'ca', expiresAt: authorityFacts(cert).expiresAt }))
    return { ...served, expiries: () => [...served.expiries(), ...ca()] }
  }
  let authorities: readonly string[] = []
  const served = createServed(parts, () => authorities)
  const times = certificateTimes(tls.lifetimeMs, tls.caLifetimeMs)
  const onBundle = (bundle: readonly string[]): void => {
    authorities = bundle
  }
  void followLeaf({ ...served, onBundle }, { ...parts, hosts: calledHosts(webhooks), times }).catch(() => undefined)
  return served
}

interface Served extends ServedCertificates {
  readonly take: (pair: KeyPair) => void
  readonly refuse: (problem: string) => void
}

/** @param authorities returns the CAs that may have signed the pair, in PEM */
function createServed({ clock, log }: CertificateParts, authorities: () => readonly string[]): Served {
  let current: KeyPair | undefined
  const listeners: ((pair: KeyPair) => void)[] = []
  return {
    now: () => current,
    onPair: (listener) => listeners.push(listener),
    issuers: () => (current === undefined ? [] : issuersOf(current.cert, authorities())),
    whyNotReady() {
      if (current === undefined) return 'the certificate is not there yet'
      const end = new X509Certificate(current.cert).validToDate
      return end.getTime() <= clock.now() ? `the certificate expired on ${end.toISOString()}` : undefined
    },
    expiries() {
      if (current === undefined) return []
      return [{ certificate: 'leaf', expiresAt: authorityFacts(current.cert).expiresAt }]
    },
    take(pair) {
      if (pair.cert === current?.cert && pair.key === current.key) return
      const isFirst = current === undefined
      current = pair
      for (const listener of listeners) listener(pair)
      const { subjectAltName, validTo } = new X509Certificate(pair.cert)
      log.info({ hosts: subjectAltName, expires: validTo }, isFirst ? 'certificate loaded' : 'certificate reloaded')
    },
    refuse(problem) {
      log.error({ problem }, 'certificate not reloaded; the one before stays')
    },
  }
}

// A replica without a certificate is of no use. Each try is a read or two.
const firstTriesMs = 5_000

type LeafOptions = CertificateParts & Parameters<typeof makeFirstCertificates>[0]

interface FollowedLeaf extends Served {
  /** Is told the CAs that the leaf Secret names, before the leaf. */
  readonly onBundle: (bundle: readonly string[]) => void
}

/** Serves with the leaf Secret, and makes the Secrets if they are absent. Rejects with the signal's reason. */
async function followLeaf(served: FollowedLeaf, options: LeafOptions): Promise<never> {
  const { client, clock, namespace, log, signal } = options
  const onChange = (secret: Secret | undefined): void => {
    // The leader makes a deleted Secret anew. The pair that is there serves until then.
    if (secret === undefined) return
    const { pair, bundle } = readStoredLeaf(secret.data ?? {})
    const problem = problemIn(pair, clock.now())
    if (problem === undefined) {
      served.onBundle(bundle)
      served.take(pair)
    } else served.refuse(`Secret ${namespace}/${secret.metadata.name}: ${problem}`)
  }
  const leaf = followSecret(client, { name: installation.tlsSecret, namespace }, { onChange })
  const following = leaf.run(signal)
  const backoff = createBackoff({ ...watchBackoff, capMs: firstTriesMs, clock: steadyClock, random: Math.random })
  while (served.now() === undefined) {
    try {
      await makeFirstCertificates(options, signal)
      onChange(await readSecret(client, { name: installation.tlsSecret, namespace }, signal))
    } catch (err) {
      signal.throwIfAborted()
      log.error({ err, remedy: remedyFor(err) }, 'no certificate yet: its Secrets cannot be read or made')
    }
    if (served.now() === undefined) await steadyClock.sleepUntil(steadyClock.now() + backoff.next(), signal)
  }
  await following
  throw signal.reason
}

function problemIn(pair: KeyPair, now: number): string | undefined {
  try {
    return pairProblem(pair, new Date(now))
  } catch (error) {
    return `the pair cannot be read as PEM: ${String(error)}`
  }
}

/** Returns the CAs in a file. The leader tells a file that cannot be read. */
function authoritiesOf(caFile: string): readonly string[] {
  try {
    return certificatesIn(readFileSync(caFile, 'utf8'))
  } catch {
    return []
  }
}
