import type { Cluster, User } from './kube-config-file.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'
import type { RecentFiles } from './recent-files.ts'

/** The TLS options of a connection. A field without a value is absent, as undici does not take `undefined`. */
export interface TlsOptions {
  readonly ca?: Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly rejectUnauthorized?: boolean
  readonly servername?: string
}

/**
 * Reads the TLS options of a kubeconfig, as client-go does.
 * @throws KubeConfigError if a file is unreadable, or if two fields contradict each other
 */
export function tlsOptions(cluster: Cluster, user: User, files: RecentFiles): TlsOptions {
  const ca = authorityOf(cluster, files)
  const insecure = cluster['insecure-skip-tls-verify'] === true
  refuseContradictions(cluster)
  const servername = cluster['tls-server-name']
  const cert = contentOf(user, 'client-certificate', files)
  const key = cert && contentOf(user, 'client-key', files)
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername && { servername }),
    ...(insecure && { rejectUnauthorized: false }),
  }
}

function refuseContradictions(cluster: Cluster): void {
  const { 'certificate-authority': file, 'certificate-authority-data': data } = cluster
  if (file && data) {
    throw new KubeConfigError(
      'The kubeconfig has certificate-authority and certificate-authority-data; only one may be given.',
    )
  }
  if ((file || data) && cluster['insecure-skip-tls-verify']) {
    throw new KubeConfigError(
      'The kubeconfig has a certificate-authority and insecure-skip-tls-verify; only one may be given.',
    )
  }
}

/** Returns the CA of a cluster, PEM; undefined if the system's CAs are meant. */
export function authorityOf(cluster: Cluster, files: RecentFiles): Buffer | undefined {
  return contentOf(cluster, 'certificate-authority', files)
}

function contentOf<Field extends string>(
  entry: { readonly [name in Field | `${Field}-data`]?: string | undefined },
  field: Field,
  files: RecentFiles,
): Buffer | undefined {
  const data = entry[`${field}-data`]
  if (data) return Buffer.from(data, 'base64')
  const path = entry[field]
  if (!path) return undefined
  try {
    return files.read(path)
  } catch (error) {
    throw new KubeConfigError(`The ${field} of the kubeconfig cannot be read: ${firstLineOf(error)}`)
  }
}
