/**
 * Every way into a running workload that admission can see: resource and subresource as RBAC writes them. `pods` is an
 * update that gives a container of a pod another image. The node then restarts the container in the same pod, with all
 * its secrets.
 */
export const waysIn = [
  'pods/exec',
  'pods/attach',
  'pods/portforward',
  'pods/proxy',
  'services/proxy',
  'nodes/proxy',
  'pods/ephemeralcontainers',
  'pods',
] as const

export type WayIn = (typeof waysIn)[number]
