import type { Match, MatchCondition } from '../src/api/match.ts'
import type { BreakGlassPolicy } from '../src/decision/break-glass.ts'
import { breakGlassCondition } from '../src/provision/install/break-glass-condition.ts'
import { breakGlassMatch } from './break-glass.ts'
import { connectMatch } from './connect.ts'
import { deletionMatch } from './deletions.ts'
import { stampGrantMatch } from './stamp-grant.ts'
import { stampRequestMatch } from './stamp-request.ts'
import { stampTemplateMatch } from './stamp-template.ts'
import { tamperingMatch } from './tampering.ts'

/** What all webhooks listen to under a config: the webhook configurations are made from this. */
export function allMatches({ breakGlass, identity }: BreakGlassPolicy): readonly Match[] {
  return [
    ...wayInMatches(breakGlassCondition(breakGlass.subjects, identity)),
    stampRequestMatch,
    stampGrantMatch,
    stampTemplateMatch,
    tamperingMatch,
    deletionMatch,
  ]
}

/** The gate hears of whom `breaksGlass` is not true; the other webhook, which there is only then, of the rest. */
function wayInMatches(breaksGlass: string | undefined): readonly Match[] {
  if (breaksGlass === undefined) return [connectMatch]
  return [
    onlyIf(connectMatch, { name: 'no-break-glass', expression: `!(${breaksGlass})` }),
    onlyIf(breakGlassMatch, { name: 'break-glass', expression: breaksGlass }),
  ]
}

function onlyIf(match: Match, condition: MatchCondition): Match {
  return { ...match, matchConditions: [...(match.matchConditions ?? []), condition] }
}
