/** The namespace and the names under which Sallyport is installed. */
export const installation = {
  /**
   * The namespace of Sallyport. The Deployment sets the variable from the pod's own namespace, so the two cannot differ.
   * With a field of the config they could. Sallyport would then look for its lease, its records and its own user where
   * they are not. Programs outside of the cluster, such as the CLI, have the default.
   */
  namespace: process.env['SALLYPORT_NAMESPACE'] ?? 'sallyport-system',
  serviceAccount: 'sallyport',
  service: 'sallyport',
  /** The name of each of our cluster-wide objects, and of the Deployment. */
  name: 'sallyport',
} as const

/** The label of a ClusterRole by which an administrator lets Sallyport bind roles. Its value is `true`. */
export const binderLabel = 'access.sallyport.dev/aggregate-to-binder'

export const ownLabels = { 'app.kubernetes.io/name': 'sallyport', 'app.kubernetes.io/part-of': 'sallyport' } as const

/** The username of Sallyport's service account in userInfo. */
export const serviceAccountUser = `system:serviceaccount:${installation.namespace}:${installation.serviceAccount}`
