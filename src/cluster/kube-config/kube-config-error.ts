/**
 * An error in a kubeconfig: it does not lead to an API server, or its login fails. The message says what to do, and is
 * for the owner of the kubeconfig.
 */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError'
}

/** The first line of an error's message. A YAML parser would go on and draw the place. */
export function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1).join()
}
