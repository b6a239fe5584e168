/**
 * The catalogue of refusals: every denial carries one of these codes, and docs/errors.md is generated from it.
 * A code never changes its meaning; users, dashboards and audit consumers rely on it.
 */
export const codes = {
  E_NO_PASS: {
    status: 403,
    meaning: 'The user has no live access to this pod: no request, or none that was granted.',
    remedy: 'Ask for access with the command in the text, and have somebody grant it.',
  },
  E_NOT_LISTED: {
    status: 403,
    meaning: 'This way into a pod (attach, port-forward, an ephemeral container) needs an access that lists it.',
    remedy: 'Ask for an access that lists this subresource.',
  },
  E_EXEMPT_ONLY: {
    status: 403,
    meaning: 'Proxies to pods and services are open to exempted subjects alone.',
    remedy: 'Use kubectl port-forward with an access, or have an administrator add an exemption to the config.',
  },
  E_NODE_PATH: {
    status: 403,
    meaning:
      'The path under nodes/proxy is not on the allow-list, or holds "..", ".", "%" or an empty segment. ' +
      'Paths of the kubelet can run commands in any pod of the node.',
    remedy: 'Ask for exactly one of the allowed paths, or have an administrator add an exemption to the config.',
  },
  E_IMPERSONATED: {
    status: 403,
    meaning: 'The exemption that fits needs a direct login, and the review shows no proof of one.',
    remedy: 'Log in as that subject instead of impersonating it; for logins without proof see identity in the config.',
  },
  E_SALLYPORT_ONLY: {
    status: 403,
    meaning:
      'Status, passes and records are written by Sallyport alone, logged in as its own service account; ' +
      'impersonating it does not do.',
    remedy: 'Ask for access with an AccessRequest, decide one with an AccessGrant, end one with spec.revoked.',
  },
  E_FORGED_IDENTITY: {
    status: 403,
    meaning: 'requestor, grantedBy or revoked.by is somebody other than who is logged in.',
    remedy: 'Leave the field out: it is stamped at admission.',
  },
  E_FOREIGN_METADATA: {
    status: 403,
    meaning: 'Finalizers and ownerReferences on these kinds are added by Sallyport alone. Anyone may remove them.',
    remedy: 'Leave them out.',
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
