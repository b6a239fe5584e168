import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { readAuthorities } from '../certs/authorities.ts'
import { watchFiles, type FileResult } from '../certs/watch-files.ts'
import type { Match } from './api/review/match.ts'
import type { Log } from './observe/log.ts'
import type { Client } from './cluster/client/client.ts'
import { resources } from './cluster/client/resources.ts'
import type { CallerPolicy } from './config/config.ts'
import { installation } from './api/installation.ts'
import { hasSecrets, secretPathsOf } from './install/secret-path.ts'
import { addressCheck } from './server/callers/address-check.ts'
import type { CallerCheck } from './server/callers/caller-check.ts'
import { certificateCheck } from './server/callers/certificate-check.ts'
import { createKnownPaths, type KnownPaths, pathCheck } from './server/callers/known-paths.ts'
import { readTokens, tokenCheck } from './server/callers/token-check.ts'

interface CallerParts {
  readonly client: Pick<Client, 'get'>
  readonly log: Pick<Log, 'info' | 'error'>
  /** Ends the watch of files. */
  readonly signal: AbortSignal
  /** Is told that the path in a webhook configuration lacks its random part: the API server's own calls are refused. */
  readonly onPlain: () => void
}

interface Callers {
  /** The checks that a caller must pass; the cheapest comes first. */
  readonly checks: readonly CallerCheck[]
  /** The CAs that may have signed a caller's certificate, in PEM. Undefined if none is asked for. */
  readonly ca: string | undefined
  /** Calls back with the CAs whenever their file has changed. */
  onCa(listener: (ca: string) => void): void
  /** Is told the paths that are about to be in the webhook configuration of this type. */
  readonly expectPaths: (type: Match['type'], paths: readonly string[]) => void
}

/**
 * Makes the checks of callers from the config.
 * @throws Error if a file that it names cannot be used
 */
export function openCallers({ path, certificate, token, addresses }: CallerPolicy, parts: CallerParts): Callers {
  const tokens = token && followed(token.file, readTokens, 'tokens of callers', parts)
  const ca = certificate && followed(certificate.caFile, readAuthorities, 'CAs of callers', parts)
  const known = path && { Validating: knownPaths('Validating', parts), Mutating: knownPaths('Mutating', parts) }
  return {
    checks: [
      ...(addresses.length > 0 ? [addressCheck(addresses)] : []),
      ...(certificate ? [certificateCheck(certificate.names)] : []),
      ...(tokens ? [tokenCheck(tokens.now)] : []),
      ...(known ? [pathCheck(known)] : []),
    ],
    ca: ca?.now(),
    onCa: (listener) => ca?.onChange(listener),
    expectPaths: (type, paths) => {
      known?.[type].expect(paths)
    },
  }
}

interface FollowedFile<T> {
  readonly now: () => T
  readonly onChange: (listener: (value: T) => void) => void
}

/**
 * Returns the content of a file, and reads it again when it changes.
 * @param what names the content in the log
 */
function followed<T>(
  file: string,
  read: (file: string) => FileResult<T>,
  what: string,
  { log, signal }: CallerParts,
): FollowedFile<T> {
  const first = read(file)
  if (!first.ok) throw new Error(first.problem)
  let value = first.value
  const listeners: ((value: T) => void)[] = []
  const watched = {
    files: [file],
    read: () => read(file),
    isSame: isDeepStrictEqual,
    onChange: (next: T) => {
      value = next
      for (const listener of listeners) listener(next)
      log.info(`${what} reloaded`)
    },
    onProblem: (problem: string) => {
      log.error({ problem }, `${what} not reloaded; those before stay`)
    },
  }
  watchFiles(watched, value, signal)
  return { now: () => value, onChange: (listener) => listeners.push(listener) }
}

// The rest of the API server's timeout, which is 1 s for some webhooks, is for the decision.
const readTimeoutMs = 700

function knownPaths(type: Match['type'], { client, onPlain }: Pick<CallerParts, 'client' | 'onPlain'>): KnownPaths {
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
