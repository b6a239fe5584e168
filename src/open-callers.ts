import { setTimeout as sleep } from 'node:timers/promises'
import type { Match } from './api/match.ts'
import type { Client } from './cluster/client.ts'
import { resources } from './cluster/resources.ts'
import type { CallerPolicy } from './config.ts'
import { installation } from './provision/install/names.ts'
import { hasSecrets, secretPathsOf } from './provision/install/secret-path.ts'
import { addressCheck } from './server/callers/address-check.ts'
import type { CallerCheck } from './server/callers/caller-check.ts'
import { createKnownPaths, type KnownPaths } from './server/callers/known-paths.ts'
import { pathCheck } from './server/callers/path-check.ts'

interface Parts {
  readonly client: Pick<Client, 'get'>
  /** A webhook configuration was seen whose path lacks its random part: the API server's own calls are refused. */
  readonly onPlain: () => void
}

/** What a caller must show by the config; the cheapest check comes first. */
export function openCallers({ path, addresses }: CallerPolicy, parts: Parts): readonly CallerCheck[] {
  return [
    ...(addresses.length > 0 ? [addressCheck(addresses)] : []),
    ...(path
      ? [pathCheck({ Validating: knownPaths('Validating', parts), Mutating: knownPaths('Mutating', parts) })]
      : []),
  ]
}

// The rest of the API server's timeout, which is 1 s for some webhooks, is for the decision.
const readTimeoutMs = 700

function knownPaths(type: Match['type'], { client, onPlain }: Parts): KnownPaths {
  const resource = resources[`${type}WebhookConfiguration`]
  const known = createKnownPaths({
    async read() {
      const live = await client.get(resource, { name: installation.name }, AbortSignal.timeout(readTimeoutMs))
      if (live === undefined) return []
      if (!hasSecrets({ ...live })) onPlain()
      return secretPathsOf({ ...live })
    },
    now: () => performance.now(),
    sleep,
  })
  known.warm()
  return known
}
