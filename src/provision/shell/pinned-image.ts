/** What a container of the workload runs now. */
export interface RunningImage {
  /** As its pod names it. */
  readonly image: string
  /** As the node resolved it. */
  readonly imageID: string
}

export type Pinned =
  | { readonly pinned: true; readonly image: string }
  /** `why`: a clause without full stop. */
  | { readonly pinned: false; readonly image: string; readonly why: string }

const digest = /sha256:[0-9a-f]{64}$/

/** The digest in an imageID or an image, of whatever form: `sha256:…`, `repo@sha256:…`, `docker-pullable://repo@sha256:…`. */
export function digestOf(image: string): string | undefined {
  return digest.exec(image)?.[0]
}

/**
 * The image by digest, so that the shell pod runs what the workload runs and not what its tag has come to mean.
 *
 * A bare `sha256:…` as imageID (an image loaded on the node) names no registry: as `image` it runs on that node alone, and
 * `repo@sha256:…` made of it is found nowhere. And an imageID may name another repository: one that happens to hold the same
 * image, for which there may be no credentials, or one of no registry, where the image was loaded on the node. Then the
 * image stays as the template has it.
 */
export function pinnedImage(image: string, running: RunningImage | undefined): Pinned {
  if (image.includes('@')) return { pinned: true, image }
  if (!running) return { pinned: false, image, why: 'no pod of the workload runs it now' }
  if (running.image !== image) return { pinned: false, image, why: 'the workload runs another image' }
  const resolved = running.imageID.replace(/^docker-pullable:\/\//, '')
  const at = resolved.lastIndexOf('@')
  if (at < 0 || digestOf(resolved) === undefined) {
    return { pinned: false, image, why: 'the node knows it by no digest of a registry' }
  }
  const known = resolved.slice(0, at)
  if (repositoryOf(known) !== repositoryOf(image)) {
    // An image that was loaded on the node has a name that containerd made up, such as `import-2026-11-29`.
    const why = `the node knows it under another name (${known}): it was loaded there, or pulled by that name`
    return { pinned: false, image, why }
  }
  return { pinned: true, image: resolved }
}

/** Without tag, and as the node writes it: `nginx:1` is `docker.io/library/nginx`. */
function repositoryOf(image: string): string {
  const name = image.replace(/:[^:/]*$/, '')
  const [host = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(host) || host === 'localhost')
  const path = hasHost ? name : `docker.io/${name}`
  const whole = path.replace(/^index\.docker\.io\//, 'docker.io/')
  return /^docker\.io\/[^/]+$/.test(whole) ? whole.replace('docker.io/', 'docker.io/library/') : whole
}
