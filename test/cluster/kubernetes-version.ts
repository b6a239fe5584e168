/** The version of every component of a local cluster. hyperkube/go.mod names the same. */
export const kubernetesVersion = 'v1.35.4'
