import { authorityFacts } from '../../../certs/certificate-facts.ts'
import { newAuthority, newLeaf } from '../../../certs/new-certificates.ts'
import {
  readStoredAuthority,
  storedAuthorityData,
  storedLeafData,
  type SecretData,
} from '../../../certs/stored-certificates.ts'
import { installation } from '../../api/installation.ts'
import { isAlreadyExists } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { createSecret, readSecret, type SecretName } from './certificate-secrets.ts'
import { lifeOf } from './certificate-steps.ts'
import type { CertificateKeeperOptions } from './keeper-options.ts'

interface FirstOptions extends Pick<CertificateKeeperOptions, 'times' | 'hosts' | 'namespace' | 'clock'> {
  readonly client: Pick<Client, 'get' | 'create'>
}

/**
 * Makes CA and leaf where their Secrets are absent. Each replica does so when it starts: no replica needs a leader in
 * order to serve. Of several replicas one is first, and the others take its CA. It changes nothing that is there: that
 * is the leader's part.
 */
export async function makeFirstCertificates(options: FirstOptions, signal: AbortSignal): Promise<void> {
  const { client, namespace, times, hosts, clock } = options
  const read = async (name: SecretName): Promise<SecretData | undefined> => {
    const secret = await readSecret(client, { name, namespace }, signal)
    return secret && (secret.data ?? {})
  }
  const create = (name: SecretName, data: SecretData): Promise<void> =>
    unlessThere(createSecret(client, { name, namespace }, { data }, signal))

  if ((await read(installation.tlsSecret)) !== undefined) return
  if ((await read(installation.caSecret)) === undefined) {
    const signing = await newAuthority(lifeOf(options, times.caLifetimeMs))
    const data = storedAuthorityData({ signing, next: undefined, bundle: [signing.cert] })
    await create(installation.caSecret, data)
  }
  const stored = readStoredAuthority((await read(installation.caSecret)) ?? {})
  if (!stored.ok || authorityFacts(stored.value.signing.cert).expiresAt <= clock.now()) return
  const { signing, bundle } = stored.value
  const pair = await newLeaf(signing, hosts, lifeOf(options, times.lifetimeMs))
  await create(installation.tlsSecret, storedLeafData({ pair, bundle }))
}

async function unlessThere(creation: Promise<void>): Promise<void> {
  try {
    await creation
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}
