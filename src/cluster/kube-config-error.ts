/** A kubeconfig that leads to no API server, or whose login fails; the message says what to do, and is for its owner. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
}
