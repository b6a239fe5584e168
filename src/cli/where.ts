/** Where the API server is, and in which namespace to act. */
export interface Where {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}
