import { apiGroup } from '../api/kinds/kind.ts'
import type { DenyCode } from '../decision/text/codes.ts'
import type { Manifest } from '../api/manifest.ts'
import { ownLabels } from '../api/installation.ts'

/** A named CEL expression: a variable, or a condition. */
export interface Variable {
  readonly name: string
  readonly expression: string
}

/** A policy of the API server: it refuses calls itself, in its own process. */
export interface Policy {
  readonly name: string
  /** The objects that the policy is about. Left out: all objects of Sallyport's own kinds. */
  readonly about?: { readonly apiGroup: string; readonly objectSelector?: object }
  readonly rules: readonly { readonly operations: readonly string[]; readonly resources: readonly string[] }[]
  /** The conditions for the policy to apply. Left out: an object that is being deleted passes. */
  readonly matchConditions?: readonly Variable[]
  readonly variables: readonly Variable[]
  readonly validations: readonly Validation[]
}

/** A rule of a policy: `expression` must be true. */
export interface Validation {
  readonly expression: string
  readonly messageExpression: string
  readonly reason: 'Forbidden'
}

/** Returns a rule of a policy. `says` is CEL for the sentence after the code. */
export function validation({ code, holds, says }: { code: DenyCode; holds: string; says: string }): Validation {
  return {
    expression: holds,
    messageExpression: `'${code}: ' + ${says.replace(/\s*\n\s*/g, ' ')}`,
    reason: 'Forbidden',
  }
}

/** Returns the ValidatingAdmissionPolicy of a policy. */
export function policyObject({
  name,
  about,
  rules,
  matchConditions = [notBeingDeleted],
  variables,
  validations,
}: Policy): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels: ownLabels },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: rules.map((rule) => ({
          apiGroups: [about?.apiGroup ?? apiGroup],
          apiVersions: ['*'],
          ...rule,
          scope: '*',
        })),
        ...(about?.objectSelector && { objectSelector: about.objectSelector }),
      },
      matchConditions,
      ...(variables.length > 0 && { variables }),
      validations,
    },
  }
}

/**
 * The condition of all our policies and webhooks for our own kinds. An object that is being deleted has ended. The call
 * that removes its finalizers must get through; otherwise its namespace hangs.
 */
export const notBeingDeleted = {
  name: 'not-being-deleted',
  expression: "request.operation != 'UPDATE' || !has(object.metadata.deletionTimestamp)",
} as const

/** Returns the binding that puts a policy in force everywhere. */
export function bindingOf({ name }: Policy): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels: ownLabels },
    spec: { policyName: name, validationActions: ['Deny'] },
  }
}
