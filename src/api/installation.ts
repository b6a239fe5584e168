/** Where and under which names Sallyport is installed. */
export const installation = {
  namespace: 'sallyport-system',
  serviceAccount: 'sallyport',
  service: 'sallyport',
  /** Name of each cluster-wide object of ours. */
  name: 'sallyport',
} as const

/** Of a ClusterRole by which an administrator lets Sallyport bind roles; its value is `true`. */
export const binderLabel = 'access.sallyport.dev/aggregate-to-binder'

export const ownLabels = { 'app.kubernetes.io/name': 'sallyport', 'app.kubernetes.io/part-of': 'sallyport' } as const

/** How the API server names Sallyport's service account in userInfo. */
export const serviceAccountUser = `system:serviceaccount:${installation.namespace}:${installation.serviceAccount}`
