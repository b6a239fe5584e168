import { stringify } from 'yaml'
import { kubeconfigPath } from './cluster-record.ts'
import { writeWhole } from './write-whole.ts'

/** The address of an API server, and the CA that vouches for it. */
export interface Endpoint {
  readonly server: string
  readonly caPem: string
}

export interface Credentials {
  readonly certificatePem: string
  readonly keyPem: string
}

/** Writes D/<user>.kubeconfig and returns its path. */
export function writeKubeconfig(dir: string, user: string, endpoint: Endpoint, credentials: Credentials): string {
  const path = kubeconfigPath(dir, user)
  writeWhole(path, stringify(kubeconfig(user, endpoint, credentials)))
  return path
}

function kubeconfig(user: string, endpoint: Endpoint, credentials: Credentials): object {
  const name = 'sallyport'
  const cluster = { server: endpoint.server, 'certificate-authority-data': base64(endpoint.caPem) }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [
      {
        name: user,
        user: {
          'client-certificate-data': base64(credentials.certificatePem),
          'client-key-data': base64(credentials.keyPem),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
