import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

/** An RSA key pair: node-forge signs certificates and requests with RSA only. */
export interface KeyPair {
  readonly pem: string
  readonly privateKey: forge.pki.rsa.PrivateKey
  readonly publicKey: forge.pki.rsa.PublicKey
}

const generate = promisify(generateKeyPair)
// What every Kubernetes component accepts, and a third of the work of 3072.
const modulusLength = 2048

/** A new key, made by OpenSSL on a thread of its own: node-forge would take a second of this one. */
export async function newKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    pem: privateKey,
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  }
}
