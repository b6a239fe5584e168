import { constants, generateKeyPair, privateEncrypt } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

/** An RSA key pair: node-forge makes certificates and requests only with RSA. */
export interface KeyPair {
  readonly pem: string
  readonly privateKey: forge.pki.rsa.PrivateKey
  readonly publicKey: forge.pki.rsa.PublicKey
}

const generate = promisify(generateKeyPair)
// Every Kubernetes component accepts this length, and it takes a third of the work of 3072.
const modulusLength = 2048

/** Returns a new key, which OpenSSL makes on a thread of its own. node-forge would block this thread for a second. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    pem: privateKey,
    privateKey: signingNatively(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  }
}

// The DER of a DigestInfo (RFC 8017, 9.2) up to the 32 bytes of the SHA-256 digest itself.
const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex')

/**
 * Returns node-forge's key, with OpenSSL doing the arithmetic. node-forge computes with big numbers in JavaScript. In
 * jest's sandbox that is thirty times slower, and the certificates of one cluster would take ten seconds.
 */
function signingNatively(pem: string): forge.pki.rsa.PrivateKey {
  const sign = (digest: forge.md.MessageDigest) => {
    const info = Buffer.concat([sha256Info, Buffer.from(digest.digest().getBytes(), 'latin1')])
    return privateEncrypt({ key: pem, padding: constants.RSA_PKCS1_PADDING }, info).toString('latin1')
  }
  return Object.assign(forge.pki.privateKeyFromPem(pem), { sign })
}
