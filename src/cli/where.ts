/** Where the API server is, and in which namespace to act. */
export interface ClusterChoice {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}
