import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyPair } from './authority.ts'
import { certificateBlock } from './ca-bundle.ts'

/** The values of a Secret, each in base64. */
export type SecretData = Readonly<Record<string, string>>

/** The content of the CA Secret. */
export interface StoredAuthority {
  /** The CA that signs leaves: tls.crt, tls.key. */
  readonly signing: KeyPair
  /** The CA that signs soon: next.crt, next.key. */
  readonly next: KeyPair | undefined
  /** The CAs that the API server is to trust, each in PEM: ca.crt. */
  readonly bundle: readonly string[]
}

export type StoredAuthorityResult =
  { readonly ok: true; readonly value: StoredAuthority } | { readonly ok: false; readonly problem: string }

/** Reads the CA Secret, or says why its CA cannot sign. Other parts that are wrong are left out. */
export function readStoredAuthority(data: SecretData): StoredAuthorityResult {
  const signing = pairIn(data, 'tls')
  const problem = authorityProblem(signing)
  if (problem !== undefined) return { ok: false, problem }
  const next = pairIn(data, 'next')
  return {
    ok: true,
    value: {
      signing: { ...signing, cert: certificatesIn(signing.cert)[0] ?? '' },
      next: authorityProblem(next) === undefined ? next : undefined,
      bundle: certificatesIn(textIn(data, 'ca.crt')),
    },
  }
}

/** Returns the data of the CA Secret. */
export function storedAuthorityData({ signing, next, bundle }: StoredAuthority): SecretData {
  return encoded({
    'tls.crt': signing.cert,
    'tls.key': signing.key,
    'ca.crt': bundle.join(''),
    ...(next && { 'next.crt': next.cert, 'next.key': next.key }),
  })
}

/** The content of the leaf Secret. */
export interface StoredLeaf {
  readonly pair: KeyPair
  /** The CAs that the API server trusted when the leaf was made. */
  readonly bundle: readonly string[]
}

export function readStoredLeaf(data: SecretData): StoredLeaf {
  return { pair: pairIn(data, 'tls'), bundle: certificatesIn(textIn(data, 'ca.crt')) }
}

/** Returns the data of the leaf Secret. */
export function storedLeafData({ pair, bundle }: StoredLeaf): SecretData {
  return encoded({ 'tls.crt': pair.cert, 'tls.key': pair.key, 'ca.crt': bundle.join('') })
}

/** Returns the certificates in a PEM text, each in PEM and always written in the same way. It leaves out all others. */
export function certificatesIn(text: string): readonly string[] {
  const readable = [...text.matchAll(certificateBlock)].flatMap(([block]) => {
    try {
      return [new X509Certificate(block).toString()]
    } catch {
      return []
    }
  })
  return [...new Set(readable)]
}

function authorityProblem({ cert, key }: KeyPair): string | undefined {
  try {
    const [certificate, privateKey] = [new X509Certificate(cert), createPrivateKey(key)]
    if (!certificate.ca) return 'the certificate is not that of a CA'
    if (!certificate.checkPrivateKey(privateKey)) return 'the key does not belong to the certificate'
    return privateKey.asymmetricKeyType === 'rsa' ? undefined : 'the key is not an RSA key'
  } catch (error) {
    return `the CA cannot be read as PEM: ${String(error)}`
  }
}

function pairIn(data: SecretData, name: string): KeyPair {
  return { cert: textIn(data, `${name}.crt`), key: textIn(data, `${name}.key`) }
}

function textIn(data: SecretData, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8')
}

function encoded(texts: Readonly<Record<string, string>>): SecretData {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')]),
  )
}
