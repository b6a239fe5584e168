import type { Target } from '../../api/kinds/access-request-status.ts'
import type { PodContainer } from './container.ts'

/**
 * A digest that a node names an image with. A node may use a registry's digest of the manifest (`repo@sha256:…`,
 * `docker-pullable://repo@sha256:…`). Or it uses the digest of the image's config (`sha256:…`, `docker://sha256:…`,
 * bare hexadecimal).
 */
interface ImageDigest {
  readonly of: 'manifest' | 'config'
  readonly digest: string
}

export type SameImage = 'same' | 'other' | 'unknown'

/**
 * Says whether a container still runs the image that was approved. While it is the same container, nothing can have
 * been swapped. Its node may now name the image in another way (cri-o/cri-o#9925, kubernetes/kubernetes#115199).
 */
export function runsImageOf({ containerID, imageID }: Target, container: PodContainer): SameImage {
  if (containerID !== undefined && containerID === container.containerID) return 'same'
  // Only the image that the pod names counts if nobody saw the container start, or if it is between two starts.
  if (imageID === undefined || (container.imageID === undefined && !container.running)) return 'same'
  return isSameImage(imageID, container.imageID ?? '')
}

function isSameImage(one: string, other: string): SameImage {
  if (one === other) return 'same'
  const [first, second] = [digestOf(one), digestOf(other)]
  if (!first || first.of !== second?.of) return 'unknown'
  return first.digest === second.digest ? 'same' : 'other'
}

const byRepository = /@([a-z0-9]+:[0-9a-f]{64,})$/
const bare = /^(?:[a-z-]+:\/\/)?([a-z0-9]+:)?([0-9a-f]{64,})$/

function digestOf(imageID: string): ImageDigest | undefined {
  const [, manifest] = byRepository.exec(imageID) ?? []
  if (manifest !== undefined) return { of: 'manifest', digest: manifest }
  const [, algorithm = 'sha256:', config] = bare.exec(imageID) ?? []
  return config === undefined ? undefined : { of: 'config', digest: algorithm + config }
}
