import { randomBytes } from 'node:crypto'
import type { Match } from '../../api/review/match.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { LiveObject } from '../../install/live-difference.ts'
import { installation } from '../../api/installation.ts'
import { hasSecrets, secretPathsOf, withLiveSecrets, withSecret } from '../../install/secret-path.ts'
import type { Manifest } from '../../api/manifest.ts'

interface WebhookPathsOptions {
  readonly client: Pick<Client, 'get' | 'replace'>
  /** The clock must be steady. */
  readonly clock: Clock
  readonly lifetimeMs: number
  /** Is told the paths that are about to be written. The gate beside it must know them even when it cannot read. */
  readonly onNew: (type: Match['type'], paths: readonly string[]) => void
  /** Is told that a path is due earlier than before. */
  readonly onDue: () => void
}

/** The random part of the webhooks' paths, in one term of leading. Only the webhook configurations hold it. */
export interface WebhookPaths {
  /** Returns the configuration as it must be. Its random part is the one that is there. */
  expected(wanted: Manifest, live: LiveObject | undefined): Manifest
  /**
   * Makes the random part anew if that is due. Resolves to false while a configuration is missing. Rejects with
   * KubeApiError; then it is still due.
   */
  renew(signal: AbortSignal): Promise<boolean>
  /** Returns the time at which the first path is due. */
  dueAt(): Instant
  /** Must be called if a user may have read a path: it is due soon. */
  exposed(): void
}

const kinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const
type ConfigurationKind = (typeof kinds)[number]
const types: Readonly<Record<ConfigurationKind, Match['type']>> = {
  MutatingWebhookConfiguration: 'Mutating',
  ValidatingWebhookConfiguration: 'Validating',
}

// A user who breaks off calls again and again must not cause two writes each time.
const betweenRenewalsMs = 30_000

// 192 bits: 48 characters, as secret-path.ts knows them.
const secretBytes = 24

/** Returns a random part of a path that nobody guesses. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString('hex')
}

/** Makes the paths of one term. It begins with nothing, so that each term of leading makes the path anew. */
export function createWebhookPaths({ client, clock, lifetimeMs, onNew, onDue }: WebhookPathsOptions): WebhookPaths {
  const renewedAt = new Map<ConfigurationKind, Instant>()
  let exposedAt = -Infinity

  function dueAtOf(kind: ConfigurationKind): Instant {
    const renewed = renewedAt.get(kind)
    if (renewed === undefined) return -Infinity
    return renewed + (exposedAt >= renewed ? Math.min(betweenRenewalsMs, lifetimeMs) : lifetimeMs)
  }

  async function renewOne(kind: ConfigurationKind, signal: AbortSignal): Promise<boolean> {
    const resource = resources[kind]
    const live = await client.get(resource, { name: installation.name }, signal)
    if (live === undefined) return false
    const begunAt = clock.now()
    const renewed = withSecret({ ...live }, newSecret())
    onNew(types[kind], secretPathsOf(renewed))
    await client.replace(resource, renewed, signal)
    renewedAt.set(kind, begunAt)
    return true
  }

  return {
    expected(wanted, live) {
      const kind = kinds.find((one) => one === wanted.kind)
      if (kind === undefined) return wanted
      if (live === undefined) return withSecret(wanted, newSecret())
      const expected = withLiveSecrets(wanted, live)
      // Somebody has taken the random part away, as an apply of the manifests does.
      if (!hasSecrets(live) || !hasSecrets(expected)) renewedAt.delete(kind)
      return expected
    },
    async renew(signal) {
      let isDone = true
      for (const kind of kinds) {
        if (dueAtOf(kind) <= clock.now()) isDone = (await renewOne(kind, signal)) && isDone
      }
      return isDone
    },
    dueAt: () => Math.min(...kinds.map(dueAtOf)),
    exposed() {
      exposedAt = clock.now()
      onDue()
    },
  }
}
