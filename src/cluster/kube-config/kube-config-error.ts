/** A kubeconfig that leads to no API server, or whose login fails; the message says what to do, and is for its owner. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
}

/** The first line of an error's message: a parser of YAML goes on to draw the place. */
export function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1).join()
}
