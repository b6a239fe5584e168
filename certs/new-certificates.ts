import type { Instant } from '../src/api/duration.ts'
import { createAuthority, issueLeaf, type KeyPair } from './authority.ts'
import { authorityFacts } from './certificate-facts.ts'
import { certificatesIn } from './stored-certificates.ts'

/** The life of a new certificate. */
export interface Life {
  readonly from: Instant
  readonly until: Instant
}

const msPerDay = 86_400_000

/** Makes a CA. Its name differs from that of the CA before it, so that people can tell them apart. */
export async function newAuthority({ from, until }: Life): Promise<KeyPair> {
  const name = `sallyport CA of ${new Date(from).toISOString()}`
  const { cert, key } = await createAuthority(name, { from: new Date(from), days: (until - from) / msPerDay })
  return { cert: certificatesIn(cert).join(''), key }
}

/** Makes a leaf. It ends no later than its CA. */
export async function newLeaf(authority: KeyPair, hosts: readonly string[], { from, until }: Life): Promise<KeyPair> {
  const end = Math.min(until, authorityFacts(authority.cert).expiresAt)
  return issueLeaf(authority, hosts, { from: new Date(from), days: (end - from) / msPerDay })
}
