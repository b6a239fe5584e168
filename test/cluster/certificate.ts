import forge from 'node-forge'
import { serialNumber } from '../../certs/authority.ts'
import type { KeyPair } from './key-pair.ts'

export interface Authority {
  readonly keys: KeyPair
  readonly certificate: forge.pki.Certificate
  readonly pem: string
}

export interface Subject {
  readonly commonName: string
  /** The organization, which Kubernetes reads as the group. */
  readonly organization?: string
}

export interface Leaf {
  readonly subject: Subject
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
}

const hourMs = 3_600_000
// A clock that is a little behind must not see a certificate that is not valid yet.
const backdatedMs = hourMs
// Longer than any test cluster is kept.
const validMs = 365 * 24 * hourMs
// The types of a subjectAltName in RFC 5280.
const dnsType = 2
const ipType = 7

/** Makes a certificate authority for the cluster. */
export function newAuthority(commonName: string, keys: KeyPair): Authority {
  const attributes = distinguishedName({ commonName })
  const certificate = blank(keys, attributes, attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  certificate.sign(keys.privateKey, forge.md.sha256.create())
  return { keys, certificate, pem: forge.pki.certificateToPem(certificate) }
}

/** Issues a certificate by that authority, for use by clients and by servers. */
export function issueCertificate(authority: Authority, keys: KeyPair, leaf: Leaf): string {
  const certificate = blank(keys, distinguishedName(leaf.subject), authority.certificate.subject.attributes)
  const altNames = [
    ...(leaf.dnsNames ?? []).map((value) => ({ type: dnsType, value })),
    ...(leaf.ipAddresses ?? []).map((ip) => ({ type: ipType, ip })),
  ]
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
  ])
  certificate.sign(authority.keys.privateKey, forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}

/** Makes the request that a user sends to the cluster to be signed. */
export function certificateRequest(keys: KeyPair, subject: Subject): string {
  const request = forge.pki.createCertificationRequest()
  request.publicKey = keys.publicKey
  request.setSubject(distinguishedName(subject))
  request.sign(keys.privateKey, forge.md.sha256.create())
  return forge.pki.certificationRequestToPem(request)
}

function blank(
  keys: KeyPair,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  certificate.serialNumber = serialNumber()
  certificate.validity.notBefore = new Date(Date.now() - backdatedMs)
  certificate.validity.notAfter = new Date(Date.now() + validMs)
  certificate.setSubject(subject)
  certificate.setIssuer(issuer)
  return certificate
}

// The default is a PrintableString, which has no `@` and no `#`.

// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- The types of node-forge name another enum.
const valueTagClass: forge.asn1.Class = forge.asn1.Type.UTF8 as number

function distinguishedName({ commonName, organization }: Subject): forge.pki.CertificateField[] {
  return [
    ...(organization === undefined ? [] : [{ name: 'organizationName', value: organization, valueTagClass }]),
    { name: 'commonName', value: commonName, valueTagClass },
  ]
}
