import { celString } from './cel.ts'
import { providedName, requestAnnotation, requestUidLabel } from '../api/provided-object.ts'
import { validation, type Policy } from './admission-policy.ts'
import { installation } from '../api/installation.ts'

// A shell must not outlive its access by what somebody else may do to its pod: role `edit` writes and deletes pods.

const labelOf = (pod: 'object' | 'oldObject'): string =>
  `${pod}.metadata.?labels[?${celString(requestUidLabel)}].orValue('')`
const annotationOf = (pod: 'object' | 'oldObject'): string =>
  `${pod}.metadata.?annotations[?${celString(requestAnnotation)}].orValue('')`

/**
 * In seconds, as `kubectl drain` may ask for. The kubelet waits so long for a program that ignores TERM, and does not wait less when
 * Sallyport deletes the pod again (kubernetes/kubernetes#113606).
 */
const longestGrace = 60
const tooLong = `' may be deleted with a grace period of at most ${longestGrace} seconds, since it must end with its access'`

/**
 * The controller finds a shell pod by its marks when its request is gone. Owners may change, since the cluster itself takes them off
 * what `kubectl delete --cascade=orphan` leaves. A pod that is being deleted is held, too: until its grace period is over it runs.
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
      // Anybody may label a pod so, and may take that back; only Sallyport's own have the name, too.
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
        `' are written by Sallyport alone: leave them as they are'`,
    }),
    validation({
      code: 'E_SHELL_POD',
      holds: `request.operation != 'DELETE' || request.?options.?gracePeriodSeconds.orValue(0) <= ${longestGrace}`,
      says: `'pod ' + oldObject.metadata.name + ${tooLong}`,
    }),
  ],
}

/** An eviction deletes without a DELETE, and has no labels of the pod: these are known by name. */
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

/** What the API server itself refuses of pods that Sallyport made, also while Sallyport is down. */
export const shellPodPolicies: readonly Policy[] = [shellPods, shellEvictions]
