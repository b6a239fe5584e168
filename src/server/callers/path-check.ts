import type { Match } from '../../api/review/match.ts'
import type { CallerCheck } from './caller-check.ts'
import type { KnownPaths } from './known-paths.ts'

/** The call is under a path that the webhook configuration of its type has now, or had a moment ago. */
export function pathCheck(known: Readonly<Record<Match['type'], KnownPaths>>): CallerCheck {
  return { proof: 'path', holds: ({ match, path }) => known[match.type].isKnown(path) }
}
