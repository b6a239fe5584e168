/** Every way into a running workload that admission can see (DESIGN §4): resource and subresource as RBAC writes them. */
export const waysIn = [
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/proxy',
  'services/proxy',
  'nodes/proxy',
  'pods/ephemeralcontainers',
] as const

export type WayIn = (typeof waysIn)[number]
