// ValidatingAdmissionPolicy is in admissionregistration.k8s.io/v1 from this version on (KEP-3488).
const oldest = { major: 1, minor: 30 }

/** What is wrong with the version of an API server (`gitVersion` of /version, such as v1.35.4); undefined where it is new enough. */
export function tooOld(gitVersion: string): string | undefined {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  // A version of somebody's own counting is not judged.
  if (major === undefined || Number(major) > oldest.major || Number(minor) >= oldest.minor) return undefined
  return (
    `Kubernetes ${gitVersion} is too old: Sallyport needs ${oldest.major}.${oldest.minor} or newer, ` +
    'for ValidatingAdmissionPolicy in admissionregistration.k8s.io/v1. A newer kind brings a newer Kubernetes'
  )
}
