import { celString } from './cel.ts'
import { providedName, requestAnnotation, requestUidLabel } from '../api/provided-object.ts'
import { validation, type Policy } from './admission-policy.ts'
import { installation } from '../api/installation.ts'

// Other users may change a shell pod: role `edit` writes and deletes pods. No such change may let a shell outlive its
// access.

const labelOf = (pod: 'object' | 'oldObject'): string =>
  `${pod}.metadata.?labels[?${celString(requestUidLabel)}].orValue('')`
const annotationOf = (pod: 'object' | 'oldObject'): string =>
  `${pod}.metadata.?annotations[?${celString(requestAnnotation)}].orValue('')`

/**
 * The longest grace period in seconds. It is enough for `kubectl drain`. The kubelet waits this long for a program that
 * ignores TERM. It does not wait less when Sallyport deletes the pod again (kubernetes/kubernetes#113606).
 */
const longestGrace = 60
const tooLong = `' may be deleted with a grace period of at most ${longestGrace} seconds, since it must end with its access'`

/**
 * The policy for shell pods. The controller finds a shell pod by its marks when its request is gone. Owners may change,
 * because `kubectl delete --cascade=orphan` makes the cluster itself remove them. The policy also covers a pod that is
 * being deleted: it still runs until its grace period is over.
 */
const shellPods: Policy = {
  name: `${installation.name}-shell-pods`,
  // By label, before or after the change: other pods cost nothing.
  about: { apiGroup: '', objectSelector: { matchExpressions: [{ key: requestUidLabel, operator: 'Exists' }] } },
  rules: [
    { operations: ['UPDATE'], resources: ['pods', 'pods/*'] },
    { operations: ['DELETE'], resources: ['pods'] },
  ],
  matchConditions: [
    {
      // Anybody may give a pod this label, and may take it back. Only Sallyport's own pods have the name, too.
      name: 'made-for-a-request',
      expression: `oldObject.metadata.name == ${celString(providedName(''))} + ${labelOf('oldObject')}`,
    },
  ],
  variables: [],
  validations: [
    validation({
      code: 'E_SHELL_POD',
      holds:
        `request.operation == 'DELETE' || (${labelOf('object')} == ${labelOf('oldObject')} && ` +
        `(${annotationOf('oldObject')} == '' || ${annotationOf('object')} == ${annotationOf('oldObject')}))`,
      says:
        `'the label ${requestUidLabel} and the annotation ${requestAnnotation} of pod ' + oldObject.metadata.name + ` +
        `' are written only by Sallyport: leave them as they are'`,
    }),
    validation({
      code: 'E_SHELL_POD',
      holds: `request.operation != 'DELETE' || request.?options.?gracePeriodSeconds.orValue(0) <= ${longestGrace}`,
      says: `'pod ' + oldObject.metadata.name + ${tooLong}`,
    }),
  ],
}

/**
 * The policy for evictions of shell pods. An eviction deletes without a DELETE and has no labels of the pod, so the
 * name decides.
 */
const shellEvictions: Policy = {
  name: `${installation.name}-shell-evictions`,
  about: { apiGroup: '' },
  rules: [{ operations: ['CREATE'], resources: ['pods/eviction'] }],
  matchConditions: [
    { name: 'made-for-a-request', expression: `request.name.startsWith(${celString(providedName(''))})` },
  ],
  variables: [],
  validations: [
    validation({
      code: 'E_SHELL_POD',
      holds: `object.?deleteOptions.?gracePeriodSeconds.orValue(0) <= ${longestGrace}`,
      says: `'pod ' + request.name + ${tooLong}`,
    }),
  ],
}

/**
 * The policies for the pods that Sallyport makes. The API server itself enforces them, also while Sallyport is down.
 */
export const shellPodPolicies: readonly Policy[] = [shellPods, shellEvictions]
