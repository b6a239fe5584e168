import type { Match, MatchCondition } from '../api/review/match.ts'
import type { BreakGlassPolicy } from '../decision/gate/break-glass.ts'
import { breakGlassCondition } from './break-glass-condition.ts'

const imagesOf = (pod: 'object' | 'oldObject', list: 'containers' | 'initContainers'): string =>
  `${pod}.spec.?${list}.orValue([]).map(c, c.?image.orValue(''))`

// All other updates of pods cost no call, and a cluster has many of them. The node restarts nothing in a pod that is
// being deleted.
const someImageChanges =
  '(!has(oldObject.metadata.deletionTimestamp) && (' +
  (['containers', 'initContainers'] as const)
    .map((list) => `${imagesOf('object', list)} != ${imagesOf('oldObject', list)}`)
    .join(' || ') +
  '))'

/**
 * Matches every way into a running workload that admission can see. Never use an objectSelector. The object of a
 * CONNECT has no labels, so a selector never matches and the webhook is silently skipped
 * (kubernetes/kubernetes#132287).
 */
export const connectMatch: Match = {
  name: 'gate.access.sallyport.dev',
  type: 'Validating',
  path: '/connect',
  // A denied kubectl exec calls twice, and the user waits.
  timeoutSeconds: 5,
  // While the gate is down, all access is denied.
  failurePolicy: { Enforce: 'Fail', Observe: 'Ignore' },
  hasExclusions: true,
  rules: [
    {
      operations: ['CONNECT'],
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy', 'nodes/proxy'],
      // nodes/proxy has no namespace.
      scope: '*',
    },
    {
      operations: ['UPDATE'],
      apiGroups: [''],
      apiVersions: ['v1'],
      // Status and resize cannot change an image; the API server ensures that.
      resources: ['pods/ephemeralcontainers', 'pods'],
      scope: 'Namespaced',
    },
  ],
  matchConditions: [
    {
      name: 'enters',
      expression: `request.resource.resource != 'pods' || request.?subResource.orValue('') != '' || ${someImageChanges}`,
    },
  ],
}

/** Hears of each way in that a user takes past the gate, only for the record: nothing that it does stops them. */
export const breakGlassMatch: Match = {
  ...connectMatch,
  name: 'break-glass.access.sallyport.dev',
  path: '/break-glass',
  // A gate that hangs may cost at most this in an emergency.
  timeoutSeconds: 1,
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
}

/**
 * Returns the matches of the ways in. The gate hears of everybody who does not break the glass. If a config names
 * subjects for that, a second webhook hears of them.
 */
export function gateMatches({ breakGlass, identity }: BreakGlassPolicy): readonly Match[] {
  const breaksGlass = breakGlassCondition(breakGlass.subjects, identity)
  if (breaksGlass === undefined) return [connectMatch]
  return [
    onlyIf(connectMatch, { name: 'no-break-glass', expression: `!(${breaksGlass})` }),
    onlyIf(breakGlassMatch, { name: 'break-glass', expression: breaksGlass }),
  ]
}

function onlyIf(match: Match, condition: MatchCondition): Match {
  return { ...match, matchConditions: [...(match.matchConditions ?? []), condition] }
}
