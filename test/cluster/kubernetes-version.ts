/**
 * A Kubernetes release that a local cluster can be made from. Its go.mod and go.sum are in `hyperkube/`, in the folder
 * of its name.
 */
export interface KubernetesRelease {
  /** Only major and minor, as people write it. */
  readonly name: string
  /** The version of every component. Its go.mod names the same. */
  readonly version: string
  /** The hash of the unpacked binary: others may fill a cache folder, and the binary runs as root. */
  readonly sha256: string
  /** The oldest Go that compiles it, by its go.mod. */
  readonly go: { readonly major: number; readonly minor: number }
}

/** The newest and the oldest release that Sallyport is tested on, the newest first. */
export const kubernetesReleases: readonly [KubernetesRelease, ...KubernetesRelease[]] = [
  {
    name: 'v1.37',
    version: 'v1.37.2',
    sha256: '6798f3e2820302215476828bd442b656cfba987974faab674306bb7eb83c0066',
    go: { major: 1, minor: 26 },
  },
  {
    name: 'v1.35',
    version: 'v1.35.4',
    sha256: '1b3421de21d61e79f41699162f61645621a8b68b0af04e9654e0541a0e2b7b8e',
    go: { major: 1, minor: 25 },
  },
]

/** The variable that chooses another release than the newest. */
export const releaseVariable = 'SALLYPORT_KUBERNETES'

/** Returns the release that the environment chooses. */
export function chosenRelease(name = process.env[releaseVariable]): KubernetesRelease {
  if (name === undefined) return kubernetesReleases[0]
  const chosen = kubernetesReleases.find((release) => release.name === name)
  if (chosen) return chosen
  const names = kubernetesReleases.map((release) => release.name).join(', ')
  throw new Error(`${releaseVariable} is ${name}; it must be one of ${names}`)
}
