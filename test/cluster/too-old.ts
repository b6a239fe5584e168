// ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 from this version on (KEP-3488).
const oldest = { major: 1, minor: 30 }

/**
 * Returns what is wrong with an API server's version (`gitVersion` of /version, for example v1.35.4). Undefined if it
 * is new enough.
 */
export function tooOld(gitVersion: string): string | undefined {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  // A version that is not numbered like Kubernetes' own is not judged.
  if (major === undefined || Number(major) > oldest.major || Number(minor) >= oldest.minor) return undefined
  return (
    `Kubernetes ${gitVersion} is too old: Sallyport needs ${oldest.major}.${oldest.minor} or newer, ` +
    'for ValidatingAdmissionPolicy in admissionregistration.k8s.io/v1. A newer kind brings a newer Kubernetes'
  )
}
