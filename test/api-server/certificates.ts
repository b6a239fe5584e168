import { certificatesIn, readStoredAuthority, type StoredAuthority } from '../../certs/stored-certificates.ts'
import { certificateTimes, type CertificateTimes } from '../../certs/plan-certificates.ts'
import { parseConfig } from '../../src/config/config.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { clockOf } from '../../src/cluster/clock/clock.ts'
import { createWaryClock, type WaryClock } from '../../src/cluster/clock/wary-clock.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { createCertificateKeeper } from '../../src/controller/certificates/certificate-keeper.ts'
import { readSecret, type Secret, type SecretName } from '../../src/controller/certificates/certificate-secrets.ts'
import { calledHosts } from '../../src/install/client-config.ts'
import { webhooksOf } from '../../src/install/secret-path.ts'
import { openCertificates, type ServedCertificates } from '../../src/open-certificates.ts'
import type { Scene } from './this-cluster.ts'

const clock = createWaryClock()
export const config = parseConfig('apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n', 'test')
const hosts = calledHosts(config.webhooks)
export const host = hosts[0] ?? ''

/** Certificates that live long, and an API server that is quick: so a rotation takes a second or two. */
export const quick = { ...certificateTimes(3_600_000, 36_000_000), settleMs: 400, drainMs: 1_000, pollMs: 100 }
/** A rotation that takes longer hangs. */
export const deadlineMs = 60_000

interface LogLine {
  readonly message: string
  readonly remedy?: string
}

/** A log that keeps its lines. */
export function keptLog(): {
  lines: LogLine[]
  info: (f: object, m: string) => void
  error: (f: object, m: string) => void
} {
  const lines: LogLine[] = []
  const take = (fields: object, message: string): void => {
    lines.push({ ...fields, message })
  }
  return { lines, info: take, error: take }
}

/** Opens the certificates as the gate of a replica does. */
export function replicaOf(
  { namespace }: Scene,
  client: Client,
  signal: AbortSignal,
  log = keptLog(),
): ServedCertificates & { readonly log: typeof log } {
  return { ...openCertificates(config, { client, clock, namespace, signal, log: log as never }), log }
}

interface LeaderOptions {
  readonly client?: Client
  readonly clock?: WaryClock
  /** Stops it as well. */
  readonly signal?: AbortSignal
}

/** Leads until it is stopped. */
export function leaderOf(
  { admin, namespace }: Scene,
  times: CertificateTimes,
  { client = admin, clock: its = clock, signal }: LeaderOptions = {},
): { readonly log: ReturnType<typeof keptLog>; caBundle(): string | undefined; stop(): Promise<void> } {
  const log = keptLog()
  const stop = new AbortController()
  signal?.addEventListener('abort', () => {
    stop.abort()
  })
  const keeper = createCertificateKeeper({ times, hosts, namespace, configurations: namespace, clock: its, log })
  const ended = keeper.start(client, stop.signal).ended.catch(() => undefined)
  return {
    log,
    caBundle: () => keeper.trust()?.caBundle,
    async stop() {
      stop.abort()
      await ended
    },
  }
}

export async function secretOf({ admin, namespace }: Scene, name: SecretName): Promise<Secret | undefined> {
  return readSecret(admin, { name, namespace }, new AbortController().signal)
}

/** Reads the CA Secret. Undefined while its CA cannot sign. */
export async function authorityOf(scene: Scene): Promise<StoredAuthority | undefined> {
  const read = readStoredAuthority((await secretOf(scene, 'sallyport-ca'))?.data ?? {})
  return read.ok ? read.value : undefined
}

/** Makes both webhook configurations, for a kind that nobody has. */
export async function makeConfigurations({ admin, namespace: name }: Scene, caBundle: string): Promise<void> {
  for (const resource of [resources.MutatingWebhookConfiguration, resources.ValidatingWebhookConfiguration]) {
    const { apiVersion, kind } = resource
    const rule = { apiGroups: ['x.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] }
    const webhook = {
      ...{ name: 'a.example.com', rules: [rule], clientConfig: { url: 'https://127.0.0.1:1/x', caBundle } },
      ...{ sideEffects: 'None', timeoutSeconds: 5, admissionReviewVersions: ['v1'] },
    }
    await admin.create(resource, { apiVersion, kind, metadata: { name }, webhooks: [webhook] } as never)
  }
}

export async function removeConfigurations({ admin, namespace: name }: Scene): Promise<void> {
  await admin.remove(resources.MutatingWebhookConfiguration, { name })
  await admin.remove(resources.ValidatingWebhookConfiguration, { name })
}

/** Reads the CAs that the API server trusts now, in PEM. */
export async function published({ admin, namespace: name }: Scene): Promise<string> {
  const live = await admin.get(resources.ValidatingWebhookConfiguration, { name })
  const [webhook] = webhooksOf({ ...live })
  const { caBundle } = (webhook?.['clientConfig'] ?? {}) as { caBundle?: string }
  return certificatesIn(Buffer.from(caBundle ?? '', 'base64').toString()).join('')
}

/** A clock that can be put forward. By the other of its two times nothing has happened. */
export function leapingClock(): WaryClock & { leap(ms: number): void } {
  let aheadMs = 0
  return {
    ...clockOf(() => Date.now() + aheadMs, 50),
    earliest: () => Date.now(),
    leap(ms) {
      aheadMs += ms
    },
  }
}
