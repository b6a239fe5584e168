import forge from 'node-forge'
import { generateKeyPair, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Validity {
  readonly from: Date
  readonly days: number
}

const msPerDay = 86_400_000
// RSA, because node-forge signs nothing else. Every TLS client accepts 2048 bits.
const modulusLength = 2048
/** The time that a certificate is valid before it is made: a peer's clock may be behind ours. */
export const backdatedMs = 5 * 60_000

/** Makes a self-signed CA that signs only server certificates. */
export async function createAuthority(commonName: string, validity: Validity): Promise<KeyPair> {
  const keys = await newKeys()
  const cert = blankCertificate(keys, validity)
  const name = [{ name: 'commonName', value: commonName }]
  cert.setSubject(name)
  cert.setIssuer(name)
  cert.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  signWith(keys.pem, cert)
  return { cert: forge.pki.certificateToPem(cert), key: keys.pem }
}

/** Makes a server certificate for the hosts (DNS names and IP addresses), signed by the authority. */
export async function issueLeaf(authority: KeyPair, hosts: readonly string[], validity: Validity): Promise<KeyPair> {
  const issuer = forge.pki.certificateFromPem(authority.cert)
  const keys = await newKeys()
  const cert = blankCertificate(keys, validity)
  cert.setSubject([{ name: 'commonName', value: 'sallyport' }])
  cert.setIssuer(issuer.subject.attributes)
  cert.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: hosts.map(altName) },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ])
  signWith(authority.key, cert)
  return { cert: forge.pki.certificateToPem(cert), key: keys.pem }
}

interface Keys {
  readonly publicKey: forge.pki.rsa.PublicKey
  readonly pem: string
}

/** Makes a key pair. OpenSSL generates it, off the event loop; node-forge only reads it. */
async function newKeys(): Promise<Keys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    pem: privateKey,
  }
}

/** Signs the certificate. OpenSSL computes the signature: node-forge would block the event loop for some 20 ms. */
function signWith(key: string, cert: forge.pki.Certificate): void {
  const digest = forge.md.sha256.create()
  const signer = {
    // node-forge has put together by now what is to be signed.
    sign: () =>
      sign('sha256', Buffer.from(forge.asn1.toDer(cert.tbsCertificate).getBytes(), 'latin1'), key).toString('latin1'),
  }
  cert.sign(signer as never, digest)
}

function blankCertificate(keys: Keys, { from, days }: Validity): forge.pki.Certificate {
  const cert = forge.pki.createCertificate()
  cert.publicKey = keys.publicKey
  cert.serialNumber = serialNumber()
  cert.validity.notBefore = new Date(from.getTime() - backdatedMs)
  cert.validity.notAfter = new Date(from.getTime() + days * msPerDay)
  return cert
}

/**
 * Returns a random serial number by RFC 5280: positive, at most 20 bytes. The first byte is not 0, and its first bit is
 * not set. Go refuses a number that DER would write shorter or read as negative.
 */
export function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

function altName(host: string): object {
  const [dnsName, ipAddress] = [2, 7] // RFC 5280, GeneralName
  return isIP(host) ? { type: ipAddress, ip: host } : { type: dnsName, value: host }
}
