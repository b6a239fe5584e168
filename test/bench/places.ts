/** Each has a running pod web-0, into which alice may exec as far as RBAC goes. */
export const namespaces = {
  /** The gate is asked. */
  gated: 'bench-gated',
  /** A webhook that allows everything is asked instead of the gate. */
  allowAll: 'bench-allow-all',
  /** No webhook is asked. */
  bare: 'bench-bare',
} as const

/** In each namespace; its one container is `app`. */
export const pod = 'web-0'
