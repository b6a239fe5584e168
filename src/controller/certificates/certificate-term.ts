import { authorityFacts, authorityId, leafFacts } from '../../../certs/certificate-facts.ts'
import { planCertificates, type LeafFacts, type StoredAuthorityFacts } from '../../../certs/plan-certificates.ts'
import {
  readStoredAuthority,
  readStoredLeaf,
  type StoredAuthority,
  type StoredAuthorityResult,
} from '../../../certs/stored-certificates.ts'
import { installation, rotateAnnotation, rotatedAnnotation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { readSecret, type Secret } from './certificate-secrets.ts'
import { putBack, takeStep, type SeenSecrets, type StepOptions } from './certificate-steps.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'
import type { Announcements } from './announcements.ts'
import { createPublishedTrust, lookAgainMs, trustWith } from './published-trust.ts'
import type { WantedTrust } from './live-bundles.ts'

/** The work and the knowledge of one term of leading. */
export interface Term {
  /** Returns the trust that was published last. Undefined before that, and until all pods have been read. */
  readonly trust: () => WantedTrust | undefined
  readonly expiresAt: () => Instant | undefined
  /** Takes one step. Resolves to the time of the next one; to undefined if that is now. */
  readonly step: () => Promise<Instant | undefined>
}

interface TermParts {
  readonly client: Client
  readonly signal: AbortSignal
  readonly announcements: Pick<Announcements, 'authorities'>
}

export function createTerm(options: CertificateKeeperOptions, { client, signal, announcements }: TermParts): Term {
  const published = createPublishedTrust(options, client, signal)
  /** The last good CA. If its Secret is deleted or spoiled, it is put back, and trust does not break. */
  let remembered: StoredAuthority | undefined
  const remember = (authority: StoredAuthority): void => {
    remembered = authority
  }
  const acting: StepOptions = { ...options, client, signal, remember }

  /** The trust as of the last look. */
  let trust: WantedTrust | undefined

  return {
    trust: () => trust,
    expiresAt: () => remembered && authorityFacts(remembered.signing.cert).expiresAt,
    async step() {
      const { read, ...seen } = await look(acting)
      const now = options.clock.now()
      const lost = whatIsLost(read.ok ? read.value : read.problem, remembered, now)
      if (lost !== undefined && remembered) {
        await putBack(acting, { ca: seen.ca, remembered, lost })
        return undefined
      }
      let hasWritten = false
      if (seen.authority) {
        const authority = withIssuer(seen.authority, seen.issuer)
        remember(authority)
        const announced = announcements.authorities()
        trust = announced && trustWith({ caBundle: caBundleOf(authority) }, announced)
        hasWritten = await published.publish(trust)
      }
      const authority = seen.authority && storedFacts(seen.authority, seen.ca, now)
      const facts = {
        authority,
        leaf: seen.leaf,
        carriedForMs: published.carriedForMs,
        now,
        earliest: options.clock.earliest(),
      }
      const until = await takeStep(acting, planCertificates(facts, options.times), seen)
      return until !== undefined && hasWritten ? Math.min(until, now + lookAgainMs) : until
    },
  }
}

interface Look extends SeenSecrets {
  readonly read: StoredAuthorityResult
  /** Undefined if it cannot be served. */
  readonly leaf: LeafFacts | undefined
}

/** Reads the two Secrets. */
async function look({ client, namespace, hosts, clock, signal }: StepOptions): Promise<Look> {
  const [ca, tls] = await Promise.all([
    readSecret(client, { name: installation.caSecret, namespace }, signal),
    readSecret(client, { name: installation.tlsSecret, namespace }, signal),
  ])
  const read = readStoredAuthority(ca?.data ?? {})
  const authority = read.ok ? read.value : undefined
  const stored = readStoredLeaf(tls?.data ?? {})
  const candidates = [...authoritiesOf(authority), ...stored.bundle]
  const facts = leafFacts(stored.pair, candidates, { hosts, now: clock.now() })
  const leaf = 'problem' in facts ? undefined : facts
  const issuer = leaf && candidates.find((cert) => authorityId(cert) === leaf.issuer)
  return { ca, tls, read, authority, candidates, leaf, issuer }
}

/** Returns the authority with the CA of the served leaf in its bundle: that is to be trusted in any case. */
function withIssuer(authority: StoredAuthority, issuer: string | undefined): StoredAuthority {
  return issuer === undefined ? authority : { ...authority, bundle: [...new Set([...authority.bundle, issuer])] }
}

function authoritiesOf(authority: StoredAuthority | undefined): readonly string[] {
  if (authority === undefined) return []
  return [...authority.bundle, authority.signing.cert, ...(authority.next ? [authority.next.cert] : [])]
}

/** Returns what was lost of the CA that is remembered, if it can still be used. Another CA in its place is accepted. */
function whatIsLost(
  stored: StoredAuthority | string,
  remembered: StoredAuthority | undefined,
  now: Instant,
): string | undefined {
  if (remembered === undefined || authorityFacts(remembered.signing.cert).expiresAt <= now) return undefined
  if (typeof stored === 'string') return stored
  if (stored.signing.cert !== remembered.signing.cert) return undefined
  if (remembered.bundle.some((cert) => !stored.bundle.includes(cert))) return 'ca.crt lacks a CA'
  return remembered.next && !stored.next ? 'next.crt or next.key is gone' : undefined
}

function storedFacts(authority: StoredAuthority, ca: Secret | undefined, now: Instant): StoredAuthorityFacts {
  const { [rotateAnnotation]: asked, [rotatedAnnotation]: answered } = ca?.metadata.annotations ?? {}
  const next = authority.next && authorityFacts(authority.next.cert)
  return {
    signing: authorityFacts(authority.signing.cert),
    next: next && next.expiresAt > now ? next : undefined,
    bundle: authority.bundle.map(authorityId),
    isRotationAsked: asked !== undefined && asked !== answered,
  }
}

function caBundleOf({ bundle }: StoredAuthority): string {
  return Buffer.from(bundle.join('')).toString('base64')
}
