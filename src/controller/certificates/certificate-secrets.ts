import type { SecretData } from '../../../certs/stored-certificates.ts'
import { installation, ownLabels } from '../../api/installation.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { steadyClock } from '../../cluster/clock/clock.ts'
import type { ReflectorLog } from '../../cluster/reflector/reflector-recovery.ts'
import { createReflector, type Reflector } from '../../cluster/reflector/reflector.ts'

/** The names of the two Secrets. */
export type SecretName = typeof installation.caSecret | typeof installation.tlsSecret

/** A Secret as the API server has it. */
export interface Secret extends KubeObject {
  readonly data?: SecretData
}

/** The content that a Secret is to have. */
export interface SecretContent {
  readonly data: SecretData
  readonly annotations?: Readonly<Record<string, string>>
}

/** Reads one of the two Secrets as it is now. */
export async function readSecret(
  client: Pick<Client, 'get'>,
  { name, namespace }: { readonly name: SecretName; readonly namespace: string },
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const live: Secret | undefined = await client.get(resources.Secret, { namespace, name }, signal)
  return live
}

/** Makes a Secret. Rejects with AlreadyExists if somebody else was faster. */
export async function createSecret(
  client: Pick<Client, 'create'>,
  { name, namespace }: { readonly name: SecretName; readonly namespace: string },
  { data, annotations = {} }: SecretContent,
  signal: AbortSignal,
): Promise<void> {
  const metadata = { name, namespace, labels: ownLabels, annotations }
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data }
  await client.create(resources.Secret, secret, signal)
}

/** Gives a Secret this content. Rejects with Conflict if it has changed since it was read. */
export async function replaceSecret(
  client: Pick<Client, 'replace'>,
  live: Secret,
  { data, annotations }: SecretContent,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = live
  const own = { ...metadata.annotations, ...annotations }
  const labels = { ...metadata.labels, ...ownLabels }
  await client.replace(resources.Secret, { ...live, metadata: { ...metadata, labels, annotations: own }, data }, signal)
}

/** Follows one of the two Secrets. */
export function followSecret(
  client: Pick<Client, 'list' | 'watch'>,
  { name, namespace }: { readonly name: SecretName; readonly namespace: string },
  { onChange, log }: { readonly onChange: (secret: Secret | undefined) => void; readonly log?: ReflectorLog },
): Reflector<Secret> {
  return createReflector<Secret>({
    client,
    resource: resources.Secret,
    namespace,
    fieldSelector: `metadata.name=${name}`,
    indexes: {},
    clock: steadyClock,
    onChange: (_, __, after) => {
      onChange(after)
    },
    ...(log && { log }),
  })
}

/** Returns what an administrator is to do about a failed read or write of the two Secrets. */
export function remedyFor(error: unknown): string {
  const status = error instanceof KubeApiError ? error.status : undefined
  return (status === undefined ? undefined : remedies[status]) ?? 'none yet: it is tried again'
}

const { name, namespace, caSecret, tlsSecret } = installation
const remedies: Readonly<Record<number, string>> = {
  403: `apply the Role ${name} of the namespace ${namespace} again: it gives the rights to its two Secrets`,
  404: `make the namespace ${namespace}`,
  422: `delete the Secrets ${caSecret} and ${tlsSecret} if they are immutable: Sallyport makes them anew`,
}
