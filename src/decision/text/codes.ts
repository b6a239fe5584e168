/**
 * The catalogue of refusals. Every denial carries one of these codes, and docs/errors.md is generated from them.
 * A code never changes its meaning: users, dashboards and audit consumers rely on it.
 */
export const codes = {
  E_CALLER: {
    status: 403,
    meaning:
      'Somebody called a webhook without proof that they are the API server. ' +
      'Sallyport read nothing of what they sent, and wrote nothing. ' +
      'A user sees this only if the API server itself lacks the proof that `callers` of the config asks for.',
    remedy: 'Give the API server the proof that the text names: see docs/callers.md.',
  },
  E_NO_PASS: {
    status: 403,
    meaning: 'The user has no access to this pod now. They have no request for it, or it was not granted.',
    remedy: 'Run the command in the text. It asks for access, and an approver may have to grant it.',
  },
  E_PENDING: {
    status: 403,
    meaning: 'The user asked for this access, but it is not granted yet, or it begins later.',
    remedy: 'Ask an approver to look at the request that the text names, and to grant it.',
  },
  E_NOT_ASKED: {
    status: 403,
    meaning:
      'The user has access to this pod, but did not ask for this: another container or command, input, or a terminal.',
    remedy: 'Use the access as you asked for it, or make a new request for this.',
  },
  E_ENDED: {
    status: 403,
    meaning:
      'The access has ended. It expired or was revoked, its grant was deleted, ' +
      'the pod has ended, or the pod is not the one that was approved.',
    remedy: 'Make a new request.',
  },
  E_USED: {
    status: 403,
    meaning:
      'The access was for one use, and it has been used. An attempt that opened no session counts, too. ' +
      'Within 5 seconds the same user may make the same call once more, as kubectl does if a proxy refuses WebSocket.',
    remedy: 'Make a new request.',
  },
  E_NO_CONTAINER: {
    status: 403,
    meaning: 'The pod does not exist, or the container does not exist or does not run.',
    remedy: 'Try again when the container runs.',
  },
  E_NOT_LISTED: {
    status: 403,
    meaning: 'This way into a pod (attach, port-forward or an ephemeral container) needs an access that lists it.',
    remedy: 'Ask for an access that lists this subresource.',
  },
  E_DEBUG: {
    status: 403,
    meaning:
      'The access offers debug containers, but this one is more than the template allows. ' +
      'It has another image, capability or target, or a field that no debug container needs.',
    remedy: 'Add one container that has only what the text allows.',
  },
  E_TASK: {
    status: 403,
    meaning:
      'Sallyport itself tried to add the container of a task, and it is not exactly the one that was approved. ' +
      'A mutating webhook or a policy of the cluster changed it.',
    remedy: 'Exclude the service account of Sallyport from that policy, or change the template so that both agree.',
  },
  E_EXEMPT_ONLY: {
    status: 403,
    meaning:
      'Only exempted subjects may use proxies to pods and services, or change the image of a container in a live pod.',
    remedy:
      "Only an exemption in Sallyport's config allows it. " +
      'kubectl port-forward to a pod behind it does the same, and only needs an access that lists portforward.',
  },
  E_NODE_PATH: {
    status: 403,
    meaning:
      'The path under nodes/proxy is not on the allow-list, or holds "..", ".", "%" or an empty segment. ' +
      'Paths of the kubelet can run commands in any pod of the node. ' +
      'Or the node is named with a scheme or a port: these reach any program on the node.',
    remedy:
      'Use exactly one of the allowed paths, and the plain name of the node. ' +
      'For another path, ask an administrator to add an exemption to the config.',
  },
  E_IMPERSONATED: {
    status: 403,
    meaning:
      'This needs a direct login, and the review shows no proof of one. ' +
      'It is so for requests, the use of an access, verdicts, exemptions and break-glass.',
    remedy:
      'Log in as that user, and do not impersonate it. If your logins carry no proof, see `identity` in the config.',
  },
  E_SALLYPORT_ONLY: {
    status: 403,
    meaning:
      'Only Sallyport writes status, passes and records, logged in as its own service account. ' +
      'A user who impersonates that account may not.',
    remedy: 'Ask for access with an AccessRequest, decide a request with an AccessGrant, end one with spec.revoked.',
  },
  E_SHELL_POD: {
    status: 403,
    meaning:
      'A shell pod must keep the label and the annotation that Sallyport finds it with. ' +
      'It may be deleted or evicted only with a grace period of at most 60 seconds. ' +
      'Otherwise it would outlive its access.',
    remedy:
      'Leave the label and the annotation as they are. To drain a node, leave out `--grace-period` or give at most 60.',
  },
  E_FORGED_IDENTITY: {
    status: 403,
    meaning: 'requestor, grantedBy, revoked.by or author names another user than the one who is logged in.',
    remedy: 'Leave the field out: Sallyport fills it in at admission.',
  },
  E_FOREIGN_METADATA: {
    status: 403,
    meaning: 'Only Sallyport adds finalizers and ownerReferences to these kinds. Anyone may remove them.',
    remedy: 'Leave them out.',
  },
  E_GRANT_REQUEST: {
    status: 422,
    meaning: 'A grant names a request that does not exist in its namespace, or that has ended.',
    remedy: 'Name an open request of the same namespace.',
  },
  E_GRANT_SELF: {
    status: 403,
    meaning: 'Users may not decide their own requests.',
    remedy: 'Ask somebody else to look at it.',
  },
  E_GRANT_SERVICE_ACCOUNT: {
    status: 403,
    meaning: 'A service account gave a verdict, but no template names it as a reviewer.',
    remedy: 'Ask a person to look at the request.',
  },
  E_GRANT_REVIEWER: {
    status: 403,
    meaning: 'The user is not a reviewer of this template, or every place that they could fill is taken.',
    remedy: 'If the request still needs an approval, its status names the reviewers. Ask one of them to look at it.',
  },
  E_GRANT_LATE: {
    status: 422,
    meaning: 'The verdict Denied is only for requests that wait. This request is approved.',
    remedy: 'To end the access, set spec.revoked of the request.',
  },
  E_GRANT_NEEDLESS: {
    status: 422,
    meaning:
      'Nobody needs this approval: the access is approved already, or the request waits only for something else, such as a validator or an hour.',
    remedy: 'Nothing is left to approve. To end the access, set spec.revoked of the request.',
  },
  E_GRANT_DIGEST: {
    status: 422,
    meaning: 'An approval must quote the digest of what the approver looked at, so that nobody can swap it.',
    remedy: 'Look at the request. Then put the first 12 or more characters of its status.digest into spec.digest.',
  },
  E_CHALLENGE: {
    status: 403,
    meaning: 'A condition of the template, or a validator of your organisation, says no.',
    remedy: 'Ask for what the text allows.',
  },
  E_CHALLENGE_WINDOW: {
    status: 403,
    meaning: 'The template gives access only in certain hours, and does not let requests wait for them.',
    remedy: 'Ask again when the time window is open, or with a startAt that is in the window.',
  },
  E_CHALLENGE_UNANSWERED: {
    status: 403,
    meaning: 'A challenge of the template could not be judged. For instance, an expression failed or took too long.',
    remedy: 'It is not your fault. Try again. If it fails again, ask the author of the template to look at it.',
  },
  E_VALIDATOR: {
    status: 403,
    meaning: 'A validator of your organisation says that the request or the grant is not valid.',
    remedy: 'Do what it says, and try again.',
  },
  E_VALIDATOR_DOWN: {
    status: 500,
    meaning:
      'A validator of your organisation must agree, but gave no usable answer. It was not reached, took too long, ' +
      'failed, or showed another certificate.',
    remedy: 'It is not your fault. Try again, or ask those who run the named validator to look at it.',
  },
  E_NOT_VALIDATED: {
    status: 422,
    meaning: 'A validator of your organisation must agree, but it cannot be asked about what does not fit the schema.',
    remedy: 'Correct the field that the text names.',
  },
  E_REVOKE: {
    status: 403,
    meaning: 'Only the requestor, or a user who may create grants in the namespace, may revoke an access.',
    remedy: 'Ask the requestor or an approver to revoke it.',
  },
  E_REQUEST_DELETE: {
    status: 403,
    meaning:
      'Somebody tried to delete a request of another person. The requestor may, somebody who may grant in its namespace, and the cluster itself.',
    remedy: 'Have the requestor or an approver delete it.',
  },
  E_REQUEST_SERVICE_ACCOUNT: {
    status: 403,
    meaning: 'A service account asked without a template.',
    remedy: 'Ask under a template whose subjects name the account.',
  },
  E_REQUEST_DIRECT: {
    status: 403,
    meaning:
      "A request names no template, and Sallyport's config (requests.direct) does not take it: not at all, not for so long, or not with this reason.",
    remedy: 'Ask under a template: kubectl get accesstemplates,clusteraccesstemplates.',
  },
  E_TEMPLATE_MISSING: {
    status: 422,
    meaning: 'A request names a template that does not exist.',
    remedy: 'Name a template that is offered.',
  },
  E_TEMPLATE_NOT_YOURS: {
    status: 403,
    meaning:
      'The template is for other subjects or for other namespaces. ' +
      'Sallyport checks membership at the request, and again at each use.',
    remedy: 'Ask under another template, or ask its author to add you.',
  },
  E_TEMPLATE_BEYOND: {
    status: 422,
    meaning: 'The request asks for more than its template offers. The text says what is offered.',
    remedy: 'Ask for what is offered, or under another template.',
  },
  E_TEMPLATE_REASON: {
    status: 422,
    meaning: 'The template demands a reason, or a reason of a certain form.',
    remedy: 'Write the reason into spec.reason.',
  },
  E_TEMPLATE_ATTRIBUTE: {
    status: 422,
    meaning: 'The template demands an attribute, or a value of a certain form. The text names the keys.',
    remedy: 'Set the attributes in spec.attributes, or with --attribute KEY=VALUE.',
  },
  E_TEMPLATE_LIMIT: {
    status: 403,
    meaning: 'The template allows only so many unfinished requests. The text names those that are in the way.',
    remedy: 'Revoke or delete one of your requests that you do not need, or wait until one ends.',
  },
  E_REQUEST_LIMIT: {
    status: 403,
    meaning:
      'One person may have only so many unfinished requests in a namespace. The text names those that are in the way.',
    remedy:
      'Revoke or delete one of your requests that you do not need, or wait until one ends. ' +
      "An administrator sets the number: requests.maxUnfinished in Sallyport's config.",
  },
  E_TEMPLATE_INVALID: {
    status: 422,
    meaning: 'Nobody could ever use the template as it is written. The text names the field.',
    remedy: 'Correct the field, and apply the template again.',
  },
  E_TEMPLATE_AUTHOR: {
    status: 403,
    meaning:
      'A template offers something that its author may not do. This can be exec or another subresource of a pod, ' +
      'eviction, the creation of pods, or a role. Or the template offers more than its workload has, such as the node.',
    remedy: 'Ask somebody who may do it to write the template, or leave it out.',
  },
  E_TOO_LARGE: {
    status: 422,
    meaning: 'A request is larger than 64 KiB: its status could not be written any more.',
    remedy: 'Keep long texts elsewhere, and write only the place into the request.',
  },
  E_AUDIT_FULL: {
    status: 500,
    meaning: 'Too many audit events wait for a sink: one more might be lost.',
    remedy:
      'It is not your fault. Ask those who run Sallyport to look at the sink that takes no events: the log names it.',
  },
  E_AUDIT_RECORD: {
    status: 500,
    meaning: 'Sallyport could not write the audit event of this into the cluster. Without it, access is denied.',
    remedy: 'Try again. If it fails again, ask those who run the cluster to look at its API server and etcd.',
  },
  E_AUDIT_SINK: {
    status: 500,
    meaning: 'A required audit sink did not accept the event of this. Without it, access is denied.',
    remedy: 'It is not your fault. Try again, or ask those who run the named sink to look at it.',
  },
  E_REVIEW_INVALID: {
    status: 400,
    meaning: 'This webhook does not understand the admission review.',
    remedy:
      'Compare the webhook configuration with the generated one, ' +
      'and the version of the API server with the version of Sallyport.',
  },
  E_DEADLINE: {
    status: 500,
    meaning: 'Sallyport did not reach a decision in the time that the API server gives.',
    remedy: 'Try again. If it fails again, give the id to those who run Sallyport.',
  },
  E_INTERNAL: {
    status: 500,
    meaning: 'Sallyport failed while it decided. Its log has the cause under the id.',
    remedy: 'Try again. If it fails again, give the id to those who run Sallyport.',
  },
} as const satisfies Record<string, RefusalCode>

interface RefusalCode {
  readonly status: 400 | 403 | 422 | 500
  readonly meaning: string
  readonly remedy: string
}

export type DenyCode = keyof typeof codes
