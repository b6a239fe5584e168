/** The image that a container of the workload runs now. */
export interface RunningImage {
  /** The image as the pod names it. */
  readonly image: string
  /** The image as the node resolved it. */
  readonly imageID: string
}

export type Pinned =
  | { readonly pinned: true; readonly image: string }
  /** `why` is a clause without full stop. */
  | { readonly pinned: false; readonly image: string; readonly why: string }

const digest = /sha256:[0-9a-f]{64}$/

/**
 * Returns the digest in an imageID or an image of any form: `sha256:…`, `repo@sha256:…`,
 * `docker-pullable://repo@sha256:…`.
 */
export function digestOf(image: string): string | undefined {
  return digest.exec(image)?.[0]
}

/**
 * Returns the image by digest, so that the shell pod runs what the workload runs, even if its tag has moved.
 *
 * A bare `sha256:…` as imageID names no registry: the image was loaded on the node. As `image` it runs only on that
 * node, and `repo@sha256:…` made of it is found nowhere. An imageID may also name another repository, which holds the
 * same image: there may be no credentials for it. Or that repository is of no registry, because the image was loaded on
 * the node. In these cases the image stays as the template has it.
 */
export function pinnedImage(image: string, running: RunningImage | undefined): Pinned {
  if (image.includes('@')) return { pinned: true, image }
  if (!running) return { pinned: false, image, why: 'no pod of the workload runs it now' }
  if (running.image !== image) return { pinned: false, image, why: 'the workload runs another image' }
  const resolved = running.imageID.replace(/^docker-pullable:\/\//, '')
  const at = resolved.lastIndexOf('@')
  if (at < 0 || digestOf(resolved) === undefined) {
    return { pinned: false, image, why: 'the node has no digest of a registry for it' }
  }
  const known = resolved.slice(0, at)
  if (repositoryOf(known) !== repositoryOf(image)) {
    // An image that was loaded on the node has a name that containerd made up, such as `import-2026-11-29`.
    const why = `the node knows it under another name (${known}): it was loaded there, or pulled by that name`
    return { pinned: false, image, why }
  }
  return { pinned: true, image: resolved }
}

/** Returns the repository without a tag, as the node writes it: `nginx:1` is in `docker.io/library/nginx`. */
function repositoryOf(image: string): string {
  const name = image.replace(/:[^:/]*$/, '')
  const [host = '', ...rest] = name.split('/')
  const hasHost = rest.length > 0 && (/[.:]/.test(host) || host === 'localhost')
  const path = hasHost ? name : `docker.io/${name}`
  const whole = path.replace(/^index\.docker\.io\//, 'docker.io/')
  return /^docker\.io\/[^/]+$/.test(whole) ? whole.replace('docker.io/', 'docker.io/library/') : whole
}
