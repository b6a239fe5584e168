/** The namespace and the names under which Sallyport is installed. */
export const installation = {
  namespace: 'sallyport-system',
  serviceAccount: 'sallyport',
  service: 'sallyport',
  /** The name of each of our cluster-wide objects. */
  name: 'sallyport',
} as const

/** The label of a ClusterRole by which an administrator lets Sallyport bind roles. Its value is `true`. */
export const binderLabel = 'access.sallyport.dev/aggregate-to-binder'

export const ownLabels = { 'app.kubernetes.io/name': 'sallyport', 'app.kubernetes.io/part-of': 'sallyport' } as const

/** The username of Sallyport's service account in userInfo. */
export const serviceAccountUser = `system:serviceaccount:${installation.namespace}:${installation.serviceAccount}`
