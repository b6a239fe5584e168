/**
 * The paths of a kubelet that monitoring reads through nodes/proxy. Only exact paths count. Traversal got out of every
 * prefix that was tried (`metrics/../run/…` ran a command as root), and the kubelet cleans the path after admission saw
 * it.
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
 * True if the path is on the allow-list, and the node has its plain name.
 * @param node The node as the URL names it. `http:NAME:PORT` reaches any program that listens on that port of the node,
 * such as a pod on its network. The plain name is the kubelet: the API server knows its port.
 */
export function isAllowedNodePath(node: string, path: string): boolean {
  return !node.includes(':') && allowedNodePaths.includes(path.startsWith('/') ? path : `/${path}`)
}
