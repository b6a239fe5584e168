import { apiGroup } from '../../src/api/kinds/kind.ts'
import type { Match } from '../../src/api/review/match.ts'
import { notBeingDeleted } from '../../src/install/admission-policy.ts'

/** What a webhook listens to that stamps our own kinds, at creation and at each change. */
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
    // Also while nothing is enforced: who asked and who granted must be true when it is.
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
