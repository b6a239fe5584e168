/** The namespaces. Each has a running pod web-0, into which RBAC lets alice exec. */
export const namespaces = {
  /** Here the gate is asked. */
  gated: 'bench-gated',
  /** Here a webhook that allows everything is asked instead of the gate. */
  allowAll: 'bench-allow-all',
  /** Here no webhook is asked. */
  bare: 'bench-bare',
} as const

/** The pod in each namespace. Its one container is `app`. */
export const pod = 'web-0'
