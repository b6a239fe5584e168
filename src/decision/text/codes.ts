/**
 * The catalogue of refusals: every denial carries one of these codes, and docs/errors.md is generated from it.
 * A code never changes its meaning; users, dashboards and audit consumers rely on it.
 */
export const codes = {
  E_CALLER: {
    status: 403,
    meaning:
      'Somebody called a webhook and did not show that they are the API server. Sallyport read nothing of what was sent and wrote nothing. ' +
      'A user sees it only where the API server itself lacks the proof that `callers` of the config asks for.',
    remedy: 'Give the API server the proof that the text names: docs/callers.md.',
  },
  E_NO_PASS: {
    status: 403,
    meaning: 'The user has no live access to this pod: no request, or none that was granted.',
    remedy: 'Ask for access with the command in the text, and have somebody grant it.',
  },
  E_PENDING: {
    status: 403,
    meaning: 'The user asked for this access, and nobody has granted it yet, or it begins later.',
    remedy: 'Have an approver look at the request and grant it; the text names it.',
  },
  E_NOT_ASKED: {
    status: 403,
    meaning:
      'The user has access to this pod, but not to this: another container, another command, input or a terminal.',
    remedy: 'Use it as it was asked, or ask for this as well.',
  },
  E_ENDED: {
    status: 403,
    meaning:
      'The access has ended: expired, revoked, its grant was deleted, or the pod has ended or is not the one that was approved.',
    remedy: 'Make a new request.',
  },
  E_USED: {
    status: 403,
    meaning:
      'The access was for one use, and that was made. An attempt that opened no session counts, too. ' +
      'Within 5 seconds the same user may make the same call once more, as kubectl does when a proxy refuses WebSocket.',
    remedy: 'Make a new request.',
  },
  E_NO_CONTAINER: {
    status: 403,
    meaning: 'The pod is not there, or the container is not, or does not run.',
    remedy: 'Try again when it runs.',
  },
  E_NOT_LISTED: {
    status: 403,
    meaning: 'This way into a pod (attach, port-forward, an ephemeral container) needs an access that lists it.',
    remedy: 'Ask for an access that lists this subresource.',
  },
  E_DEBUG: {
    status: 403,
    meaning:
      'The access offers debug containers, and what would be added to the pod is more than its template allows: another image, ' +
      'capability or target, or a field that no debug container needs.',
    remedy: 'Add one container with what the text allows.',
  },
  E_EXEMPT_ONLY: {
    status: 403,
    meaning: 'Proxies to pods and services are open to exempted subjects alone.',
    remedy:
      "It needs an exemption in Sallyport's config. kubectl port-forward to a pod behind it does the same with an access " +
      'that lists portforward.',
  },
  E_NODE_PATH: {
    status: 403,
    meaning:
      'The path under nodes/proxy is not on the allow-list, or holds "..", ".", "%" or an empty segment: ' +
      'paths of the kubelet can run commands in any pod of the node. Or the node is named with a scheme or a port, ' +
      'behind which may be any program of the node.',
    remedy:
      'Ask for exactly one of the allowed paths of the plain node, or have an administrator add an exemption to the config.',
  },
  E_IMPERSONATED: {
    status: 403,
    meaning:
      'To ask, to use an access, to give a verdict, an exemption and break-glass need a direct login, and the review shows no proof of one.',
    remedy: 'Log in as that subject instead of impersonating it; for logins without proof see identity in the config.',
  },
  E_SALLYPORT_ONLY: {
    status: 403,
    meaning:
      'Status, passes and records are written by Sallyport alone, logged in as its own service account; ' +
      'impersonating it does not do.',
    remedy: 'Ask for access with an AccessRequest, decide one with an AccessGrant, end one with spec.revoked.',
  },
  E_SHELL_POD: {
    status: 403,
    meaning:
      'A shell pod keeps the label and the annotation by which Sallyport finds it, and is deleted or evicted with a grace period of ' +
      'at most 60 seconds: else it would outlive its access.',
    remedy: 'Leave them as they are. To drain a node, leave `--grace-period` out or give at most 60.',
  },
  E_FORGED_IDENTITY: {
    status: 403,
    meaning: 'requestor, grantedBy, revoked.by or author is somebody other than who is logged in.',
    remedy: 'Leave the field out: it is stamped at admission.',
  },
  E_FOREIGN_METADATA: {
    status: 403,
    meaning: 'Finalizers and ownerReferences on these kinds are added by Sallyport alone. Anyone may remove them.',
    remedy: 'Leave them out.',
  },
  E_GRANT_REQUEST: {
    status: 422,
    meaning: 'A grant names a request that is not there in its namespace, or that has ended.',
    remedy: 'Name an open request of the same namespace: kubectl get areq.',
  },
  E_GRANT_SELF: {
    status: 403,
    meaning: 'Nobody decides a request of their own.',
    remedy: 'Have somebody else look at it.',
  },
  E_GRANT_SERVICE_ACCOUNT: {
    status: 403,
    meaning: 'A service account gave a verdict, and no template names it as a reviewer.',
    remedy: 'Have a person look at the request.',
  },
  E_GRANT_REVIEWER: {
    status: 403,
    meaning:
      'The verdict of somebody whom no peerReview of the template names, or for whose approval no place is open.',
    remedy: 'Have one of those look at it whom the status of the request names.',
  },
  E_GRANT_LATE: {
    status: 422,
    meaning: 'The verdict Denied is for requests that wait; this one is approved.',
    remedy: 'Set spec.revoked of the request.',
  },
  E_GRANT_DIGEST: {
    status: 422,
    meaning: 'An approval must quote the digest of what was looked at, so that nobody can swap it.',
    remedy: 'Look at the request and put the beginning of its status.digest, 12 characters or more, into spec.digest.',
  },
  E_CHALLENGE: {
    status: 403,
    meaning: "A condition of the template, or a validator of the organisation's own, says no.",
    remedy: 'Ask for what the text allows.',
  },
  E_CHALLENGE_WINDOW: {
    status: 403,
    meaning: 'The template gives access in certain hours only, and does not let requests wait for them.',
    remedy: 'Ask again when the window is open, or with a startAt in it.',
  },
  E_CHALLENGE_UNANSWERED: {
    status: 403,
    meaning:
      'A challenge of the template could not be judged: an expression that fails or takes too long, for instance.',
    remedy: 'Try again; if it persists, have whoever wrote the template look at it: it is not your fault.',
  },
  E_VALIDATOR: {
    status: 403,
    meaning: "A validator of the organisation's own says that the request or the grant is not valid.",
    remedy: 'Do what it says, and try again.',
  },
  E_VALIDATOR_DOWN: {
    status: 500,
    meaning:
      "A validator of the organisation's own must agree, and gave no answer that can be used: it was not reached, took too long, " +
      'failed, or showed another certificate.',
    remedy: 'It is not your fault: try again, or have those who run the named validator look at it.',
  },
  E_NOT_VALIDATED: {
    status: 422,
    meaning:
      "A validator of the organisation's own must agree, and what does not fit the schema cannot be put before it.",
    remedy: 'Correct the field.',
  },
  E_REVOKE: {
    status: 403,
    meaning: 'An access is revoked by the one who asked for it, or by somebody who may grant in its namespace.',
    remedy: 'Have the requestor or an approver revoke it.',
  },
  E_REQUEST_SERVICE_ACCOUNT: {
    status: 403,
    meaning: 'A service account asked without a template.',
    remedy: 'Ask under a template whose subjects name the account.',
  },
  E_TEMPLATE_MISSING: {
    status: 422,
    meaning: 'A request names a template that is not there.',
    remedy: 'See what is offered: kubectl get accesstemplates,clusteraccesstemplates.',
  },
  E_TEMPLATE_NOT_YOURS: {
    status: 403,
    meaning:
      'The template is for other subjects or for other namespaces. Membership is asked at the request, and again at each use.',
    remedy: 'Ask under another template, or have its author add you.',
  },
  E_TEMPLATE_BEYOND: {
    status: 422,
    meaning: 'The request asks for more than its template offers; the text says what is offered.',
    remedy: 'Ask for what is offered, or under another template.',
  },
  E_TEMPLATE_REASON: {
    status: 422,
    meaning: 'The template demands a reason, or one of a certain form.',
    remedy: 'Give one in spec.reason.',
  },
  E_TEMPLATE_ATTRIBUTE: {
    status: 422,
    meaning: 'The template demands an attribute, or one of a certain form; the text names the keys.',
    remedy: 'Give them in spec.attributes, or with --attribute KEY=VALUE.',
  },
  E_TEMPLATE_LIMIT: {
    status: 403,
    meaning: 'As many requests under the template are unfinished as it allows; the text says which are in the way.',
    remedy: 'Revoke or delete one of yours that you do not need, or wait for one to end.',
  },
  E_REQUEST_LIMIT: {
    status: 403,
    meaning:
      'The user has as many unfinished requests in the namespace as one person may have; the text says which are in the way.',
    remedy:
      "Revoke or delete one of yours that you do not need, or wait for one to end. An administrator sets the number: requests.maxUnfinished in Sallyport's config.",
  },
  E_TEMPLATE_INVALID: {
    status: 422,
    meaning: 'A template could never be used as it is written; the text names the field.',
    remedy: 'Correct the field, and apply the template again.',
  },
  E_TEMPLATE_AUTHOR: {
    status: 403,
    meaning:
      'A template offers what its author does not hold: exec and each subresource of a pod, eviction, the creation of pods, a role, or more than its workload has, such as the node.',
    remedy: 'Have somebody write it who holds it, or leave it out.',
  },
  E_TOO_LARGE: {
    status: 422,
    meaning: 'A request is larger than 64 KiB; its status could not be written any more.',
    remedy: 'Put long texts elsewhere and name the place.',
  },
  E_AUDIT_FULL: {
    status: 500,
    meaning: 'So many audit events wait for a sink that another one might be lost.',
    remedy: 'It is not your fault: have those who run Sallyport look at the sink that takes none; the log names it.',
  },
  E_AUDIT_RECORD: {
    status: 500,
    meaning: 'The audit event of this could not be written into the cluster, and nobody is let in without one.',
    remedy: 'Try again; if it persists, have those who run the cluster look at its API server and etcd.',
  },
  E_AUDIT_SINK: {
    status: 500,
    meaning: 'A sink without which nobody is let in did not take the audit event of this.',
    remedy: 'It is not your fault: try again, or have those who run the named sink look at it.',
  },
  E_REVIEW_INVALID: {
    status: 400,
    meaning: 'The admission review is not one that this webhook understands.',
    remedy: 'Compare the webhook configuration with the generated one, and the versions of API server and Sallyport.',
  },
  E_DEADLINE: {
    status: 500,
    meaning: 'No decision was reached in the time that the API server gives.',
    remedy: 'Try again; if it persists, give the id to those who run Sallyport.',
  },
  E_INTERNAL: {
    status: 500,
    meaning: 'Sallyport failed while deciding. Its log has the cause under the id.',
    remedy: 'Try again; if it persists, give the id to those who run Sallyport.',
  },
} as const satisfies Record<string, RefusalCode>

interface RefusalCode {
  readonly status: 400 | 403 | 422 | 500
  readonly meaning: string
  readonly remedy: string
}

export type DenyCode = keyof typeof codes
