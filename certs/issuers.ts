import { X509Certificate } from 'node:crypto'
import { trusts } from './ca-bundle.ts'
import { certificatesIn } from './stored-certificates.ts'

/**
 * Returns the CAs that make a client trust a chain: those that signed one of its certificates, or are one of them.
 * @param chain the leaf and its intermediate certificates, in PEM
 * @param authorities the CAs that may have signed, each in PEM
 */
export function issuersOf(chain: string, authorities: readonly string[]): readonly string[] {
  const served = certificatesIn(chain).map((cert) => new X509Certificate(cert))
  return authorities.filter((cert) => {
    const authority = new X509Certificate(cert)
    return served.some((certificate) => trusts(authority, certificate))
  })
}

/**
 * Returns the announced CAs that must be trusted beside our own. A CA with the name and the key of one of ours signs
 * the same certificates, so ours stands for it. A CA that cert-manager renews is one.
 */
export function lackingAuthorities(own: readonly string[], announced: readonly string[]): readonly string[] {
  const ours = own.map((cert) => new X509Certificate(cert))
  return announced.filter((cert) => {
    const { subject, publicKey } = new X509Certificate(cert)
    return !ours.some((one) => one.subject === subject && one.publicKey.equals(publicKey))
  })
}
