import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { KeyPair } from './authority.ts'

export interface PairFiles {
  readonly certFile: string
  readonly keyFile: string
}

export type PairResult =
  { readonly ok: true; readonly pair: KeyPair } | { readonly ok: false; readonly problem: string }

/** Reads a pair with which TLS can be served, or says what is wrong with it. */
export function readPair({ certFile, keyFile }: PairFiles, now: Date): PairResult {
  try {
    const pair = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
    const problem = pairProblem(pair, now)
    return problem === undefined ? { ok: true, pair } : { ok: false, problem: `${certFile} and ${keyFile}: ${problem}` }
  } catch (error) {
    return { ok: false, problem: `${certFile} and ${keyFile} cannot be read as PEM: ${String(error)}` }
  }
}

/**
 * Finds what is wrong with a pair. setSecureContext() silently accepts an RSA key for an ECDSA certificate and the
 * reverse, and then every handshake fails. So the pair is always checked here.
 * @throws Error if it is not PEM
 */
export function pairProblem({ cert, key }: KeyPair, now: Date): string | undefined {
  const leaf = new X509Certificate(cert)
  if (!leaf.checkPrivateKey(createPrivateKey(key))) return 'the key does not belong to the certificate'
  if (leaf.validToDate <= now) return `the certificate expired on ${leaf.validToDate.toISOString()}`
  if (leaf.validFromDate > now) return `the certificate is valid only from ${leaf.validFromDate.toISOString()}`
  return servingProblem({ cert, key })
}

/**
 * Finds the problems that only OpenSSL reports: a chain that is cut off behind its leaf, or a key that is too short.
 */
function servingProblem(pair: KeyPair): string | undefined {
  try {
    createSecureContext({ ...pair })
    return undefined
  } catch (error) {
    return `TLS cannot be served with them: ${String(error)}`
  }
}
