import { apiGroup } from '../api/kinds/kind.ts'
import { celString, celStrings } from './cel.ts'
import type { Manifest } from '../api/manifest.ts'
import { bindingOf, policyObject, validation, type Policy, type Validation, type Variable } from './admission-policy.ts'
import { installation, serviceAccountUser } from '../api/installation.ts'
import { shellPodPolicies } from './shell-pod-policy.ts'

// What must hold on our own kinds and pods also while every webhook of ours is gone: the API server evaluates this in process.
// Each expression is total (`.?` and orValue): one that fails would deny with a text that helps nobody.

/** What holds the name of the account in userInfo and lacks in an impersonated one (`--as`). */
const proofKey = 'authentication.kubernetes.io/credential-id'

// They end what is being deleted; a namespace would hang without them. Where the controller manager runs without
// --use-service-account-credentials it does both under its own name.
export const clusterUsers: readonly string[] = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:kube-controller-manager',
]

const variables: readonly Variable[] = [
  { name: 'loggedIn', expression: `request.userInfo.?extra[?'${proofKey}'].orValue([]).size() > 0` },
  {
    name: 'isSallyport',
    expression: `variables.loggedIn && request.userInfo.username == ${celString(serviceAccountUser)}`,
  },
  {
    name: 'isCluster',
    expression: `variables.loggedIn && request.userInfo.username in ${celStrings(clusterUsers)}`,
  },
]

/** The policies that guard Sallyport's own objects, also while no webhook runs; each with its binding. */
export function guardPolicies(): readonly Manifest[] {
  return policies().flatMap((policy) => [policyObject(policy), bindingOf(policy)])
}

/** Of policies and bindings alike. */
export function guardPolicyNames(): readonly string[] {
  return policies().map(({ name }) => name)
}

function policies(): readonly Policy[] {
  return [writersPolicy, identityPolicy, metadataPolicy, ...shellPodPolicies]
}

// What a storage version migration writes, as after a key rotation: each object as it is (KEP-4192).
const changesNothing =
  "(request.operation == 'UPDATE' && object.?spec == oldObject.?spec && object.?status == oldObject.?status && " +
  ['labels', 'annotations', 'finalizers', 'ownerReferences']
    .map((field) => `object.metadata.?${field} == oldObject.metadata.?${field}`)
    .join(' && ') +
  ')'

/** Status, passes and records come from Sallyport alone. */
const writersPolicy: Policy = {
  name: `${installation.name}-writers`,
  rules: [
    { operations: ['CREATE', 'UPDATE'], resources: ['*/status'] },
    // Deleting a record would make a used access usable again, or an event unheard.
    { operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['accesspasses', 'accessrecords'] },
  ],
  variables: [
    ...variables,
    { name: 'changesNothing', expression: changesNothing },
    {
      // Else a token of the namespace controller, which an administrator can make, would undo the use of a `once` request.
      name: 'endsNamespace',
      expression:
        "request.operation == 'DELETE' && variables.isCluster && " +
        'namespaceObject != null && has(namespaceObject.metadata.deletionTimestamp)',
    },
  ],
  validations: [
    validation({
      code: 'E_SALLYPORT_ONLY',
      holds: 'variables.isSallyport || variables.endsNamespace || variables.changesNothing',
      says: `request.resource.resource + (request.?subResource.orValue('') == '' ? '' : '/' + request.subResource) +
        ' is written by Sallyport alone, logged in as its own service account. Ask for access with an AccessRequest, decide one with an AccessGrant'`,
    }),
  ],
}

const claimsToEscalate = 'object.spec.?author.?mayEscalate.orValue(false)'
const mayEscalate =
  `authorizer.group(${celString(apiGroup)}).resource(request.resource.resource)` +
  ".namespace(request.?namespace.orValue('')).check('escalate').allowed()"

/** Who asks, grants, revokes or writes a template is who is logged in. */
const identityPolicy: Policy = {
  name: `${installation.name}-identity`,
  rules: [
    { operations: ['CREATE', 'UPDATE'], resources: ['accessrequests'] },
    { operations: ['CREATE'], resources: ['accessgrants'] },
    { operations: ['CREATE', 'UPDATE'], resources: ['accesstemplates', 'clusteraccesstemplates'] },
  ],
  variables: [
    // After creation the CRD keeps the stamp as it is, and a revocation once made.
    {
      name: 'revokes',
      expression:
        "request.resource.resource == 'accessrequests' && has(object.spec.revoked) && " +
        '(oldObject == null || !has(oldObject.spec.revoked))',
    },
    {
      // Whoever changes what is offered answers for all of it; the same file may be applied by anybody.
      name: 'offers',
      expression:
        "request.resource.resource.endsWith('templates') && " + '(oldObject == null || object.spec != oldObject.spec)',
    },
  ],
  validations: [
    stamped('requestor', "request.operation == 'CREATE' && request.resource.resource == 'accessrequests'"),
    stamped('grantedBy', "request.resource.resource == 'accessgrants'"),
    stamped('revoked.by', 'variables.revokes'),
    stamped('author', 'variables.offers'),
    validation({
      code: 'E_FORGED_IDENTITY',
      holds: `!variables.offers || !${claimsToEscalate} || ${mayEscalate}`,
      says: `'spec.author.mayEscalate is set, and ' + request.userInfo.username + ' may not escalate ' + request.resource.resource + ': leave it out, it is stamped at admission'`,
    }),
  ],
}

const oldFinalizers = '(oldObject == null ? [] : oldObject.metadata.?finalizers.orValue([]))'
const oldOwners = '(oldObject == null ? [] : oldObject.metadata.?ownerReferences.orValue([]))'
// Also those of `kubectl delete --cascade=foreground|orphan`: it is DELETE that adds them, and nobody is asked about that.
const newFinalizers = `object.metadata.?finalizers.orValue([]).filter(name, !(name in ${oldFinalizers}))`
const newOwners = `object.metadata.?ownerReferences.orValue([]).filter(owner, !${oldOwners}.exists(old, old.uid == owner.uid))`

// The API server drops a status that is sent here, unless somebody has taken the subresource `status` out of the CRD.
const sentStatus = 'object.?status.orValue({})'
const oldStatus = '(oldObject == null ? {} : oldObject.?status.orValue({}))'

/** A finalizer or owner of others would let them hold, or delete, what they may not write. */
const metadataPolicy: Policy = {
  name: `${installation.name}-metadata`,
  rules: [{ operations: ['CREATE', 'UPDATE'], resources: ['*'] }],
  variables: [
    ...variables,
    { name: 'newFinalizers', expression: newFinalizers },
    { name: 'newOwners', expression: newOwners },
  ],
  validations: [
    validation({
      code: 'E_SALLYPORT_ONLY',
      holds: `variables.isSallyport || ${sentStatus} == ${oldStatus}`,
      says: "'status is written by Sallyport alone, and the kind ' + request.kind.kind + ' has no subresource for it: apply the CRD of this version'",
    }),
    validation({
      code: 'E_FOREIGN_METADATA',
      holds: 'variables.isSallyport || variables.isCluster || variables.newFinalizers.size() == 0',
      says: "'the finalizer ' + variables.newFinalizers.join(', ') + ' may be added by Sallyport alone: leave it out'",
    }),
    validation({
      code: 'E_FOREIGN_METADATA',
      holds: 'variables.isSallyport || variables.isCluster || variables.newOwners.size() == 0',
      says:
        "'the owner ' + variables.newOwners.map(owner, owner.kind + '/' + owner.name).join(', ') + " +
        "' may be added by Sallyport alone: leave metadata.ownerReferences out'",
    }),
  ],
}

/** That spec.<field>, where `applies`, is the caller: a stamp may leave out groups and extra, but claim none. */
function stamped(field: string, applies: string): Validation {
  const claimed = `object.spec.?${field.replace('.', '.?')}`
  const caller = 'request.userInfo'
  const same = [
    `${claimed}.?username.orValue('') == ${caller}.username`,
    `${claimed}.?uid.orValue('') == ${caller}.?uid.orValue('')`,
    `${claimed}.?groups.orValue([]).all(group, group in ${caller}.?groups.orValue([]))`,
    `${claimed}.?extra.orValue({}).all(key, ${claimed}.?extra[?key].orValue([]) == ${caller}.?extra[?key].orValue([]))`,
  ]
  return validation({
    code: 'E_FORGED_IDENTITY',
    holds: `!(${applies}) || (${same.join(' && ')})`,
    says:
      `'spec.${field} says ' + ${claimed}.?username.orValue('nobody') + ', with its uid, groups and extra, ` +
      `and the login is ' + ${caller}.username + ': leave it out, it is stamped at admission'`,
  })
}

const cel = Object.fromEntries(variables.map(({ name, expression }) => [name, `(${expression})`])) as Readonly<
  Record<'loggedIn' | 'isSallyport' | 'isCluster', string>
>
const bySallyport = cel.isSallyport.replace('variables.loggedIn', cel.loggedIn)
const byCluster = cel.isCluster.replace('variables.loggedIn', cel.loggedIn)

/**
 * What hears of others than Sallyport carries this. The cluster deletes passes with a namespace, and a gate that hangs must not
 * delay that. It deletes records only with Sallyport's own namespace, so that is heard of.
 */
export const notBySallyport = {
  name: 'not-by-sallyport',
  expression: `!${bySallyport} && !(request.operation == 'DELETE' && request.resource.resource == 'accesspasses' && ${byCluster})`,
} as const

/** What hears of what these policies are about to refuse carries this, too. */
export const refusedToOthers = {
  name: 'refused-to-others',
  expression:
    `!${changesNothing} && ` +
    "(request.resource.resource in ['accesspasses', 'accessrecords'] || request.?subResource.orValue('') == 'status' || " +
    `(!${byCluster} && (${newFinalizers}.size() > 0 || ${newOwners}.size() > 0)))`,
} as const

/** What hears of people carries this. */
export const notByTheCluster = {
  name: 'not-by-the-cluster',
  expression: `!${bySallyport} && !${byCluster}`,
} as const
