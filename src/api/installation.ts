/** The namespace and the names under which Sallyport is installed. */
export const installation = {
  /**
   * The namespace of Sallyport. The Deployment sets the variable from the pod's own namespace, so the two cannot differ.
   * With a field of the config they could. Sallyport would then look for its lease, its records and its own user where
   * they are not. Programs outside of the cluster, such as the CLI, have the default.
   */
  namespace: process.env['SALLYPORT_NAMESPACE'] ?? 'sallyport-system',
  /** The pod of this replica, which the Deployment names. Undefined outside of a pod. */
  pod: process.env['SALLYPORT_POD'],
  /** The seconds from SIGTERM to SIGKILL, as the Deployment has them. Undefined outside of a pod. */
  graceSeconds: process.env['SALLYPORT_GRACE_SECONDS'],
  serviceAccount: 'sallyport',
  service: 'sallyport',
  /** The Secret with the CA that Sallyport makes. */
  caSecret: 'sallyport-ca',
  /** The Secret with the certificate that the replicas serve. */
  tlsSecret: 'sallyport-tls',
  /** The name of each of our cluster-wide objects, and of the Deployment. */
  name: 'sallyport',
} as const

/** The label of a ClusterRole that lets Sallyport bind roles. An administrator sets it. Its value is `true`. */
export const binderLabel = 'access.sallyport.dev/aggregate-to-binder'

export const ownLabels = { 'app.kubernetes.io/name': 'sallyport', 'app.kubernetes.io/part-of': 'sallyport' } as const

/** The username of Sallyport's service account in userInfo. */
export const serviceAccountUser = `system:serviceaccount:${installation.namespace}:${installation.serviceAccount}`

/** The annotation of the CA Secret that asks for another CA. An administrator sets it. Each new value asks once. */
export const rotateAnnotation = 'access.sallyport.dev/rotate-ca'

/** The annotation of the CA Secret with the value of `rotateAnnotation` that was answered last. */
export const rotatedAnnotation = 'access.sallyport.dev/ca-rotated'

/** The annotation of a replica's pod with the CAs of the certificate that it serves, in PEM. */
export const announcedAnnotation = 'access.sallyport.dev/serving-ca'

/**
 * The time in seconds that a replica needs between its drain and its end. It answers the last calls, each within 5 s,
 * and stores their audit events.
 */
export const lastAnswersSeconds = 10
