import { authorityFacts } from '../../../certs/certificate-facts.ts'
import { newAuthority, newLeaf } from '../../../certs/new-certificates.ts'
import {
  readStoredAuthority,
  readStoredLeaf,
  storedAuthorityData,
  storedLeafData,
  type SecretData,
} from '../../../certs/stored-certificates.ts'
import { installation } from '../../api/installation.ts'
import { isAlreadyExists, isConflict } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { createSecret, readSecret, replaceSecret, type Secret, type SecretName } from './certificate-secrets.ts'
import { lifeOf } from './certificate-steps.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'

interface FirstOptions extends Pick<CertificateKeeperOptions, 'times' | 'hosts' | 'namespace' | 'clock'> {
  readonly client: Pick<Client, 'get' | 'create' | 'replace'>
}

/**
 * Makes CA and leaf where their Secrets are absent. Each replica does so when it starts: no replica needs a leader in
 * order to serve. Of several replicas one is first, and the others take its CA. It also replaces what has expired: that
 * is of no use to anybody, and a leader whose config names files does not look after it. It changes nothing else that is
 * there: that is the leader's part.
 */
export async function makeFirstCertificates(options: FirstOptions, signal: AbortSignal): Promise<void> {
  const { client, namespace, times, hosts, clock } = options
  const read = (name: SecretName): Promise<Secret | undefined> => readSecret(client, { name, namespace }, signal)
  const hasExpired = (secret: Secret): boolean => endOf(secret) <= clock.earliest()
  const write = (name: SecretName, live: Secret | undefined, data: SecretData): Promise<void> =>
    unlessFaster(
      live === undefined
        ? createSecret(client, { name, namespace }, { data }, signal)
        : replaceSecret(client, live, { data }, signal),
    )

  const tls = await read(installation.tlsSecret)
  if (tls !== undefined && !hasExpired(tls)) return
  const ca = await read(installation.caSecret)
  if (ca === undefined || hasExpired(ca)) {
    const signing = await newAuthority(lifeOf(options, times.caLifetimeMs))
    const data = storedAuthorityData({ signing, next: undefined, bundle: [signing.cert] })
    await write(installation.caSecret, ca, data)
  }
  const stored = readStoredAuthority((await read(installation.caSecret))?.data ?? {})
  if (!stored.ok || authorityFacts(stored.value.signing.cert).expiresAt <= clock.now()) return
  const { signing, bundle } = stored.value
  const pair = await newLeaf(signing, hosts, lifeOf(options, times.lifetimeMs))
  await write(installation.tlsSecret, tls, storedLeafData({ pair, bundle }))
}

/** Returns the end of the certificate in a Secret. One that cannot be read has none. */
function endOf({ data = {} }: Secret): Instant {
  try {
    return authorityFacts(readStoredLeaf(data).pair.cert).expiresAt
  } catch {
    return Infinity
  }
}

async function unlessFaster(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!isAlreadyExists(error) && !isConflict(error)) throw error
  }
}
