/**
 * What monitoring reads of a kubelet through nodes/proxy. Only exact paths: every prefix tried could be left again by
 * traversal (`metrics/../run/…` ran a command as root), and the kubelet cleans the path after admission saw it.
 */
export const allowedNodePaths: readonly string[] = [
  '/metrics',
  '/metrics/cadvisor',
  '/metrics/resource',
  '/metrics/probes',
  '/stats/summary',
  '/healthz',
  '/configz',
  '/pods',
]

export function isAllowedNodePath(path: string): boolean {
  return allowedNodePaths.includes(path.startsWith('/') ? path : `/${path}`)
}
