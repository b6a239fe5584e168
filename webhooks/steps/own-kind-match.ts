import { apiGroup } from '../../src/api/kinds/kind.ts'
import type { Match } from '../../src/api/review/match.ts'
import { notBeingDeleted } from '../../src/install/admission-policy.ts'

/** Returns the match of a webhook that stamps our own kinds, at creation and at each change. */
export function ownKindMatch(
  name: string,
  path: string,
  resources: readonly string[],
  scope: 'Namespaced' | '*' = 'Namespaced',
): Match {
  return {
    name,
    path,
    type: 'Mutating',
    timeoutSeconds: 5,
    // This holds also while nothing is enforced: the users who asked and granted must be right when it is.
    failurePolicy: { Enforce: 'Fail', Observe: 'Fail' },
    matchConditions: [notBeingDeleted],
    rules: [
      {
        operations: ['CREATE', 'UPDATE'],
        apiGroups: [apiGroup],
        apiVersions: ['*'],
        resources,
        scope,
      },
    ],
  }
}
