import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resourceOf } from '../../cluster/client/resources.ts'
import { differencesOf, mended, withLiveCaBundle } from '../../install/live-difference.ts'
import { keyOf, owned, type InstallationCheck, type InstallationCheckOptions } from './installation-check.ts'

interface FollowOptions extends Pick<InstallationCheckOptions, 'expected'> {
  readonly client: Pick<Client, 'get' | 'replace'>
  /** Returns the installation by each config that was in force in this replica before. */
  readonly earlier: () => readonly Manifest[]
  readonly log: { info(fields: object, message: string): void }
}

/**
 * Makes a check that first brings each object from an earlier config to the config in force. Nobody has changed such an
 * object, so nothing is found. It does so only at the first look. Later, somebody has put back what was before.
 */
export function followingConfig(check: InstallationCheck, options: FollowOptions): InstallationCheck {
  const seen = new Set<string>()
  return async (wanted, owner, signal) => {
    const key = keyOf(wanted)
    if (!seen.has(key)) await follow(options, { wanted, owner }, signal)
    seen.add(key)
    return check(wanted, owner, signal)
  }
}

async function follow(
  { client, expected, earlier, log }: FollowOptions,
  { wanted, owner }: { readonly wanted: Manifest; readonly owner: OwnerReference },
  signal: AbortSignal,
): Promise<void> {
  const before = earlier().filter((one) => keyOf(one) === keyOf(wanted))
  if (before.length === 0) return
  const live: KubeObject | undefined = await client.get(resourceOf(wanted.kind), wanted.metadata, signal)
  if (live === undefined) return
  const found = { ...live }
  const asLive = (one: Manifest): Manifest => expected(withLiveCaBundle(owned(one, owner), found), found)
  const differences = differencesOf(asLive(wanted), found)
  const isEarlier = before.some((one) => differencesOf(asLive(one), found).length === 0)
  if (differences.length === 0 || !isEarlier) return
  await client.replace(resourceOf(wanted.kind), mended(asLive(wanted), found), signal)
  const { kind, metadata } = wanted
  log.info({ kind, name: metadata.name, differences }, 'the installation follows the config')
}
