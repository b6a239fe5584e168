import type { Milliseconds } from '../../api/duration.ts'
import { isOneOf } from './is-one-of.ts'
import type { Match } from '../../api/review/match.ts'
import type { CallerCheck } from './caller-check.ts'

export interface KnownPathsOptions {
  /** Reads the paths that a webhook configuration has now, each with its random part. */
  readonly read: () => Promise<readonly string[]>
  /** Returns the time of a steady clock, in ms. */
  readonly now: () => Milliseconds
  readonly sleep: (ms: Milliseconds) => Promise<unknown>
}

/** Tells the paths that the API server calls from guessed ones. */
export interface KnownPaths {
  /** Looks at the configuration if a path is not known. Rejects if the configuration cannot be read. */
  isKnown(path: string): Promise<boolean>
  /** Looks now, so that the first call need not wait. */
  warm(): void
  /**
   * Announces paths that are about to be written: they count as known without a look, for as long as a path that was
   * read.
   */
  expect(paths: readonly string[]): void
}

// However often unknown paths are called, this time passes between two readings of the configuration.
const betweenLooksMs = 250
// If someone has seen a path, a new one is made. The old one must end on every replica, also where nobody calls the new
// one.
const trustedMs = 30_000
// The API server learns of a new path by a watch. Until then it calls the former one.
const overlapMs = 15_000

/** The paths that were read, and when the reading began. */
interface PathsRead {
  readonly begunAt: Milliseconds
  readonly paths: readonly string[]
}

/**
 * Believes a known path for a while. For any other path the configuration is read, at most four times a second. If a
 * look is under way, a new call waits for one that begins later. Otherwise the first call after a change could be
 * refused.
 */
export function createKnownPaths({ read, now, sleep }: KnownPathsOptions): KnownPaths {
  let last: PathsRead = { begunAt: -Infinity, paths: [] }
  let former: readonly { readonly path: string; readonly until: Milliseconds }[] = []
  let expected = { paths: [] as readonly string[], until: -Infinity }
  let lastBegunAt = -Infinity
  let running: Promise<void> | undefined

  async function look(): Promise<void> {
    const waitMs = lastBegunAt + betweenLooksMs - now()
    if (waitMs > 0) await sleep(waitMs)
    lastBegunAt = now()
    const begunAt = lastBegunAt
    const paths = await read()
    outlive(last.paths, paths)
    last = { begunAt, paths }
  }

  /** Accepts the former paths that are not among the new ones for a while longer. */
  function outlive(before: readonly string[], paths: readonly string[]): void {
    const gone = before.filter((path) => !paths.includes(path)).map((path) => ({ path, until: now() + overlapMs }))
    former = [...former.filter(({ path, until }) => until > now() && !paths.includes(path)), ...gone]
  }

  function lookOnce(): Promise<void> {
    running ??= look().finally(() => {
      running = undefined
    })
    return running
  }

  function isKnownNow(path: string): boolean {
    const live = former.filter(({ until }) => until > now()).map((one) => one.path)
    return isOneOf(path, [...last.paths, ...live])
  }

  return {
    async isKnown(path) {
      const cameAt = now()
      for (;;) {
        if (last.begunAt + trustedMs > cameAt && isKnownNow(path)) return true
        if (expected.until > cameAt && isOneOf(path, expected.paths)) return true
        // A look that is under way may have read before the path was written. The next one reads after it.
        if (last.begunAt >= cameAt) return false
        await lookOnce()
      }
    },
    expect(paths) {
      // Perhaps no look has seen the former expected paths, because nobody called meanwhile.
      outlive(expected.paths, paths)
      expected = { paths, until: now() + trustedMs }
    },
    warm() {
      lookOnce().catch(() => undefined)
    },
  }
}

/** Accepts a call under a path that the webhook configuration of its type has now, or had a moment ago. */
export function pathCheck(known: Readonly<Record<Match['type'], KnownPaths>>): CallerCheck {
  return { proof: 'path', holds: ({ match, path }) => known[match.type].isKnown(path) }
}
