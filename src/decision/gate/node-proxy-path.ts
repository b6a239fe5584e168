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

/**
 * @param node as the URL names it: `http:NAME:PORT` reaches whatever listens on that port of the node, such as a pod on its
 * network. The plain name is the kubelet, whose port the API server knows.
 */
export function isAllowedNodePath(node: string, path: string): boolean {
  return !node.includes(':') && allowedNodePaths.includes(path.startsWith('/') ? path : `/${path}`)
}
