import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type CaBundleResult =
  { readonly ok: true; readonly caBundle: string } | { readonly ok: false; readonly problem: string }

/**
 * Returns the CAs in a file as a webhook configuration takes them, base64 of the PEM, or the reason why they cannot be
 * used. If the CAs do not know the certificate in `certFile`, the API server could not reach the gate.
 */
export function readCaBundle(caFile: string, certFile: string): CaBundleResult {
  try {
    const pem = readFileSync(caFile, 'utf8')
    const [authorities, chain] = [certificatesOf(pem), certificatesOf(readFileSync(certFile, 'utf8'))]
    if (chain.some((certificate) => authorities.some((authority) => trusts(authority, certificate)))) {
      return { ok: true, caBundle: Buffer.from(publicPart(pem)).toString('base64') }
    }
    return { ok: false, problem: `${caFile} has no CA that signed the certificate in ${certFile}` }
  } catch (error) {
    return { ok: false, problem: `${caFile} and ${certFile} cannot be read as PEM: ${String(error)}` }
  }
}

/** True if the authority signed the certificate, or is that certificate. */
export function trusts(authority: X509Certificate, certificate: X509Certificate): boolean {
  if (authority.fingerprint256 === certificate.fingerprint256) return true
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
}

/** Each certificate in a PEM text. */
export const certificateBlock = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

/**
 * Returns the file as it is if it has only certificates, else only its certificates. A private key in it would be
 * visible to everybody who may read webhook configurations.
 */
function publicPart(pem: string): string {
  if (pem.replaceAll(certificateBlock, '').trim() === '') return pem
  return [...pem.matchAll(certificateBlock)].map(([text]) => `${text}\n`).join('')
}

function certificatesOf(pem: string): readonly X509Certificate[] {
  return [...pem.matchAll(certificateBlock)].map(([text]) => new X509Certificate(text))
}
