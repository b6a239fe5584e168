import { apiGroup } from '../api/kinds/kind.ts'
import { celString, celStrings } from './cel.ts'
import type { Manifest } from '../api/manifest.ts'
import { bindingOf, policyObject, validation, type Policy, type Validation, type Variable } from './admission-policy.ts'
import { installation, serviceAccountUser } from '../api/installation.ts'
import { shellPodPolicies } from './shell-pod-policy.ts'

// These policies hold for our own kinds and pods also while all our webhooks are gone: the API server evaluates them in
// process. Each expression is total (`.?` and orValue): one that fails would deny with a text that helps nobody.

/** The key of userInfo.extra that a login has and an impersonated user (`--as`) lacks. */
const proofKey = 'authentication.kubernetes.io/credential-id'

// These users remove the finalizers of objects that are being deleted. Without them a namespace would hang. A
// controller manager without --use-service-account-credentials does the work of both under its own name.
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

/** Returns the policies that guard Sallyport's own objects, also while no webhook runs. Each comes with its binding. */
export function guardPolicies(): readonly Manifest[] {
  return policies().flatMap((policy) => [policyObject(policy), bindingOf(policy)])
}

/** Returns the names of the policies. Each binding has the name of its policy. */
export function guardPolicyNames(): readonly string[] {
  return policies().map(({ name }) => name)
}

function policies(): readonly Policy[] {
  return [writersPolicy, identityPolicy, metadataPolicy, deletionPolicy, ...shellPodPolicies]
}

// True for a write that changes nothing. A storage version migration writes each object as it is, as after a key
// rotation (KEP-4192).
const changesNothing =
  "(request.operation == 'UPDATE' && object.?spec == oldObject.?spec && object.?status == oldObject.?status && " +
  ['labels', 'annotations', 'finalizers', 'ownerReferences']
    .map((field) => `object.metadata.?${field} == oldObject.metadata.?${field}`)
    .join(' && ') +
  ')'

/** The policy that only Sallyport writes status, passes and records. */
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
      // An administrator can make a token of the namespace controller. Without this it could undo the use of a `once`
      // request.
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
        ' is written only by Sallyport, logged in as its own service account. Ask for access with an AccessRequest, decide one with an AccessGrant'`,
    }),
  ],
}

const claimsToEscalate = 'object.spec.?author.?mayEscalate.orValue(false)'
const mayEscalate =
  `authorizer.group(${celString(apiGroup)}).resource(request.resource.resource)` +
  ".namespace(request.?namespace.orValue('')).check('escalate').allowed()"

/**
 * The policy that a stamped user is the user who is logged in. It covers requests, grants, revocations and templates.
 */
const identityPolicy: Policy = {
  name: `${installation.name}-identity`,
  rules: [
    { operations: ['CREATE', 'UPDATE'], resources: ['accessrequests'] },
    { operations: ['CREATE'], resources: ['accessgrants'] },
    { operations: ['CREATE', 'UPDATE'], resources: ['accesstemplates', 'clusteraccesstemplates'] },
  ],
  variables: [
    // After creation, the CRD keeps the stamp and a revocation as they are.
    {
      name: 'revokes',
      expression:
        "request.resource.resource == 'accessrequests' && has(object.spec.revoked) && " +
        '(oldObject == null || !has(oldObject.spec.revoked))',
    },
    {
      // The user who changes an offer answers for all of it. Any user may apply the same file again.
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
// These include the finalizers of `kubectl delete --cascade=foreground|orphan`. DELETE adds them, and admission is not
// asked about that.
const newFinalizers = `object.metadata.?finalizers.orValue([]).filter(name, !(name in ${oldFinalizers}))`
const newOwners = `object.metadata.?ownerReferences.orValue([]).filter(owner, !${oldOwners}.exists(old, old.uid == owner.uid))`

// The API server drops a status that is sent here, unless somebody has taken the subresource `status` out of the CRD.
const sentStatus = 'object.?status.orValue({})'
const oldStatus = '(oldObject == null ? {} : oldObject.?status.orValue({}))'

/**
 * The policy for metadata. Users who add a finalizer or an owner could block, or delete, an object that they may not
 * write.
 */
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
      says: "'status is written only by Sallyport, and the kind ' + request.kind.kind + ' has no subresource for it: apply the CRD of this version'",
    }),
    validation({
      code: 'E_FOREIGN_METADATA',
      holds: 'variables.isSallyport || variables.isCluster || variables.newFinalizers.size() == 0',
      says: "'the finalizer ' + variables.newFinalizers.join(', ') + ' may be added only by Sallyport: leave it out'",
    }),
    validation({
      code: 'E_FOREIGN_METADATA',
      holds: 'variables.isSallyport || variables.isCluster || variables.newOwners.size() == 0',
      says:
        "'the owner ' + variables.newOwners.map(owner, owner.kind + '/' + owner.name).join(', ') + " +
        "' may be added only by Sallyport: leave metadata.ownerReferences out'",
    }),
  ],
}

/**
 * Somebody who deletes a request ends its access, and nobody sees any more what it asked for. So only those who may revoke it may
 * delete it. In a namespace that is being deleted everybody may, so that nothing holds up the namespace.
 */
const deletionPolicy: Policy = {
  name: `${installation.name}-deletions`,
  rules: [{ operations: ['DELETE'], resources: ['accessrequests'] }],
  variables: [
    ...variables,
    {
      name: 'isRequestor',
      expression: "oldObject != null && oldObject.?spec.?requestor.?username.orValue('') == request.userInfo.username",
    },
    {
      name: 'isGoing',
      expression: 'namespaceObject != null && has(namespaceObject.metadata.deletionTimestamp)',
    },
    {
      name: 'mayGrant',
      expression:
        `authorizer.group(${celString(apiGroup)}).resource('accessgrants')` +
        ".namespace(request.?namespace.orValue('')).check('create').allowed()",
    },
  ],
  validations: [
    validation({
      code: 'E_REQUEST_DELETE',
      holds:
        'variables.isRequestor || variables.isSallyport || variables.isCluster || variables.isGoing || variables.mayGrant',
      says: `request.userInfo.username + ' neither made request ' + (oldObject == null ? '' : oldObject.metadata.name) + ' nor may decide it.' +
        ' Have its requestor or an approver delete it'`,
    }),
  ],
}

/**
 * Returns the rule that spec.<field> is the caller, if `applies`. A stamp may leave out groups and extra, but must not
 * invent any.
 */
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
 * The condition of webhooks that hear only of users other than Sallyport. The cluster deletes passes with their
 * namespace, and a gate that hangs must not delay that. The cluster deletes records only with Sallyport's own
 * namespace, so webhooks do hear of that.
 */
export const notBySallyport = {
  name: 'not-by-sallyport',
  expression: `!${bySallyport} && !(request.operation == 'DELETE' && request.resource.resource == 'accesspasses' && ${byCluster})`,
} as const

/** The condition of webhooks that hear of the calls that these policies are about to refuse. */
export const refusedToOthers = {
  name: 'refused-to-others',
  expression:
    `!${changesNothing} && ` +
    "(request.resource.resource in ['accesspasses', 'accessrecords'] || request.?subResource.orValue('') == 'status' || " +
    `(!${byCluster} && (${newFinalizers}.size() > 0 || ${newOwners}.size() > 0)))`,
} as const

/** The condition of webhooks that hear only of people. */
export const notByTheCluster = {
  name: 'not-by-the-cluster',
  expression: `!${bySallyport} && !${byCluster}`,
} as const
