/** The choice of an API server and a namespace. */
export interface ClusterChoice {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
}
