import type { Instant, Milliseconds } from '../src/api/duration.ts'

/** A CA. Its fingerprint stands for it. */
export interface AuthorityFacts {
  readonly id: string
  readonly expiresAt: Instant
}

/** The certificate that the replicas serve. */
export interface LeafFacts {
  /** The id of the CA that signed it. */
  readonly issuer: string
  /** True if it names each host at which the API server calls. */
  readonly namesHosts: boolean
  readonly issuedAt: Instant
  readonly expiresAt: Instant
}

/** The CA Secret, as far as the plan needs it. */
export interface StoredAuthorityFacts {
  readonly signing: AuthorityFacts
  /** The CA that is about to sign. */
  readonly next: AuthorityFacts | undefined
  /** The ids of the CAs that the API server is to trust. */
  readonly bundle: readonly string[]
  /** True if an administrator has asked for another CA. */
  readonly isRotationAsked: boolean
}

/** All that the plan looks at. */
export interface SeenCertificates {
  /** Undefined if none can sign. */
  readonly authority: StoredAuthorityFacts | undefined
  /** Undefined if none can be served, or if no known CA signed it. */
  readonly leaf: LeafFacts | undefined
  /** The time for which each live webhook configuration has had the CA with this id, as far as this leader saw it. */
  readonly carriedForMs: (id: string) => Milliseconds | undefined
  /** The latest time it may be: what may have expired counts as expired. */
  readonly now: Instant
  /** The earliest time it may be. After a leap of the clock the old CA must stay for as long as ever. */
  readonly earliest: Instant
}

/** The times that decide when certificates are renewed. */
export interface CertificateTimes {
  readonly lifetimeMs: Milliseconds
  readonly caLifetimeMs: Milliseconds
  /** A CA must be in the webhook configurations for so long before it signs: every API server has seen it by then. */
  readonly settleMs: Milliseconds
  /** Every replica serves a new leaf by then. After that no API server needs the old CA. */
  readonly drainMs: Milliseconds
  /** The pause between two looks at the webhook configurations while something waits for them. */
  readonly pollMs: Milliseconds
}

/** The next step. After each step but Wait the plan is made anew. */
export type CertificateStep =
  | { readonly do: 'MakeAuthority' }
  /** Let the API server trust exactly these CAs. */
  | { readonly do: 'SetBundle'; readonly bundle: readonly string[] }
  | { readonly do: 'IssueLeaf'; readonly why: string }
  | { readonly do: 'AddNextAuthority'; readonly why: string }
  | { readonly do: 'SwitchAuthority' }
  | { readonly do: 'Wait'; readonly until: Instant }

/** Returns the times for these lifetimes. Certificates that live for minutes are for tests and trials. */
export function certificateTimes(lifetimeMs: Milliseconds, caLifetimeMs: Milliseconds): CertificateTimes {
  // The informers of the API servers see a change within a second, if they are connected.
  const settleMs = Math.min(30_000, lifetimeMs / 12)
  return { lifetimeMs, caLifetimeMs, settleMs, drainMs: Math.min(600_000, lifetimeMs / 6), pollMs: settleMs / 3 }
}

/**
 * Decides what to do next with CA and leaf, by two rules. Only a CA that every API server trusts already signs a leaf
 * that replaces one in service. And a CA is trusted until no replica serves a leaf of it.
 */
export function planCertificates(seen: SeenCertificates, times: CertificateTimes): CertificateStep {
  const { authority, leaf, now } = seen
  if (authority === undefined) return { do: 'MakeAuthority' }
  if (authority.signing.expiresAt <= now) return { do: authority.next ? 'SwitchAuthority' : 'MakeAuthority' }
  const lacking = lackingAuthorities(authority, leaf)
  if (lacking.length > 0) return { do: 'SetBundle', bundle: [...authority.bundle, ...lacking] }
  if (leaf === undefined) return { do: 'IssueLeaf', why: 'there is none that can be served' }
  if (isSettled(authority.next, seen, times)) return { do: 'SwitchAuthority' }
  return renewal(authority, leaf, seen, times) ?? wait(authority, leaf, seen, times)
}

/** Returns the step that age, hosts or an administrator asks for, if it can be taken now. */
function renewal(
  authority: StoredAuthorityFacts,
  leaf: LeafFacts,
  seen: SeenCertificates,
  times: CertificateTimes,
): CertificateStep | undefined {
  const { signing, next, isRotationAsked } = authority
  const why = whyNewLeaf(authority, leaf, seen.now, times)
  if (why !== undefined && isSettled(signing, seen, times)) return { do: 'IssueLeaf', why }
  if (next === undefined && isRotationAsked) return { do: 'AddNextAuthority', why: 'an administrator asked for it' }
  if (next === undefined && renewedAt(signing, times.caLifetimeMs) <= seen.now)
    return { do: 'AddNextAuthority', why: 'two thirds are over' }
  const needed = neededAuthorities(authority, leaf)
  const isDrained = leaf.issuer === signing.id && leaf.issuedAt + times.drainMs <= seen.earliest
  return isDrained && needed.length < authority.bundle.length ? { do: 'SetBundle', bundle: needed } : undefined
}

function wait(
  authority: StoredAuthorityFacts,
  leaf: LeafFacts,
  seen: SeenCertificates,
  times: CertificateTimes,
): CertificateStep {
  const { signing, next, bundle } = authority
  const isWaiting = next !== undefined || whyNewLeaf(authority, leaf, seen.now, times) !== undefined
  const isDraining = leaf.issuer === signing.id && neededAuthorities(authority, leaf).length < bundle.length
  const moments = [
    renewedAt(leaf, times.lifetimeMs),
    renewedAt(signing, times.caLifetimeMs),
    signing.expiresAt,
    isDraining ? Math.max(leaf.issuedAt + times.drainMs, seen.now + times.pollMs) : Infinity,
    isWaiting ? seen.now + times.pollMs : Infinity,
  ]
  return { do: 'Wait', until: Math.min(...moments.filter((at) => at > seen.now)) }
}

function whyNewLeaf(
  { signing }: StoredAuthorityFacts,
  leaf: LeafFacts,
  now: Instant,
  { lifetimeMs }: CertificateTimes,
): string | undefined {
  if (leaf.issuer !== signing.id) return 'another CA signs now'
  if (!leaf.namesHosts) return 'it does not name each host at which the API server calls'
  // A leaf that ends with its CA gets no longer life from that CA.
  const canLiveLonger = leaf.expiresAt < signing.expiresAt
  return canLiveLonger && renewedAt(leaf, lifetimeMs) <= now ? 'two thirds of its life are over' : undefined
}

/** Returns the CAs of the bundle that must stay in it, in the same order. */
function neededAuthorities({ signing, next, bundle }: StoredAuthorityFacts, leaf: LeafFacts): readonly string[] {
  return bundle.filter((id) => [signing.id, next?.id, leaf.issuer].includes(id))
}

function lackingAuthorities(
  { signing, next, bundle }: StoredAuthorityFacts,
  leaf: LeafFacts | undefined,
): readonly string[] {
  const wanted = [signing.id, next?.id, leaf?.issuer].filter((id) => id !== undefined)
  return [...new Set(wanted)].filter((id) => !bundle.includes(id))
}

function isSettled(
  authority: AuthorityFacts | undefined,
  { carriedForMs }: SeenCertificates,
  { settleMs }: CertificateTimes,
): boolean {
  return authority !== undefined && (carriedForMs(authority.id) ?? -Infinity) >= settleMs
}

/**
 * Returns the time at which two thirds of the certificate's life are over. It counts from the end: a new certificate is
 * never due at once, also where the clock has leapt or the config names another lifetime.
 */
function renewedAt({ expiresAt }: { readonly expiresAt: Instant }, lifetimeMs: Milliseconds): Instant {
  return expiresAt - lifetimeMs / 3
}
