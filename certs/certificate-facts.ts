import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Instant } from '../src/api/duration.ts'
import { backdatedMs, type KeyPair } from './authority.ts'
import { trusts } from './ca-bundle.ts'
import { pairProblem } from './key-pair.ts'
import type { AuthorityFacts, LeafFacts } from './plan-certificates.ts'

/** Returns the facts of a CA in PEM. */
export function authorityFacts(cert: string): AuthorityFacts {
  const certificate = new X509Certificate(cert)
  return { id: certificate.fingerprint256, expiresAt: certificate.validToDate.getTime() }
}

/** Returns the fingerprint that stands for a CA. */
export function authorityId(cert: string): string {
  return new X509Certificate(cert).fingerprint256
}

/**
 * Returns the facts of a leaf, or the reason why it cannot be served.
 * @param known the CAs that may have signed it, in PEM
 */
export function leafFacts(
  pair: KeyPair,
  known: readonly string[],
  { hosts, now }: { readonly hosts: readonly string[]; readonly now: Instant },
): LeafFacts | { readonly problem: string } {
  try {
    const problem = pairProblem(pair, new Date(now))
    if (problem !== undefined) return { problem }
    const leaf = new X509Certificate(pair.cert)
    const issuer = known.find((cert) => trusts(new X509Certificate(cert), leaf))
    if (issuer === undefined) return { problem: 'no known CA signed it' }
    const namesHosts = hosts.every((host) => (isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined)
    const issuedAt = leaf.validFromDate.getTime() + backdatedMs
    return { issuer: authorityId(issuer), issuedAt, expiresAt: leaf.validToDate.getTime(), namesHosts }
  } catch (error) {
    return { problem: `it cannot be read as PEM: ${String(error)}` }
  }
}
