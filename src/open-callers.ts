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
  /** Ends the look at files. */
  readonly signal: AbortSignal
  /** A webhook configuration was seen whose path lacks its random part: the API server's own calls are refused. */
  readonly onPlain: () => void
}

interface Callers {
  /** What a caller must show; the cheapest check comes first. */
  readonly checks: readonly CallerCheck[]
  /** PEM: who may have signed a caller's certificate; undefined where none is asked for. */
  readonly ca: string | undefined
  /** Calls back with the CAs whenever their file has changed. */
  onCa(listener: (ca: string) => void): void
  /** These paths are about to be in the webhook configuration of this type. */
  readonly expectPaths: (type: Match['type'], paths: readonly string[]) => void
}

/**
 * Makes of the config what a caller must show.
 * @throws Error where a file that it names cannot be used
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

/** What is in a file, read again when it changes. @param what it is, for the log */
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
