import { certificateRequest } from './certificate.ts'
import type { KeyPair } from './key-pair.ts'

interface Login {
  readonly username: string
  readonly group: string
  readonly keys: KeyPair
  readonly validSeconds: number
}

/**
 * Returns the request that asks the cluster to sign a login, as in any cluster.
 * @param name of the CertificateSigningRequest
 */
export function signingRequest(name: string, { username, group, keys, validSeconds }: Login): object {
  const request = certificateRequest(keys, { commonName: username, organization: group })
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      expirationSeconds: validSeconds,
      request: Buffer.from(request).toString('base64'),
    },
  }
}
