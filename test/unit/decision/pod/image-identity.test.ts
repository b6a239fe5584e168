import { describe, expect, test } from '@jest/globals'
import type { PodContainer } from '../../../../src/decision/pod/container.ts'
import { runsImageOf, type SameImage } from '../../../../src/decision/pod/image-identity.ts'

const [hash, otherHash] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string]

function runs(approved: string, imageID: string | undefined, containerID: string): SameImage {
  const target = {
    pod: 'web-0',
    container: 'app',
    image: 'shop/web:1',
    imageID: approved,
    containerID: 'containerd://1',
  }
  const container: PodContainer = {
    ...{ sort: 'container', name: 'app', image: 'shop/web:1', imageID, containerID, running: true },
    ...{ declared: { name: 'app' }, seen: undefined },
  }
  return runsImageOf(target, container)
}

describe('a container runs what was approved', () => {
  // When the runtime restarts, one name may become the other (cri-o/cri-o#9925). An image may also have the name of a
  // mirror.
  test.each([
    `mirror.example/web@sha256:${hash}`,
    `mirror.example/web@sha256:${otherHash}`,
    hash,
    'sha256:1',
    undefined,
  ])('while it is the same container, whatever its node calls the image: %p', (imageID) => {
    expect(runs(`docker.io/shop/web@sha256:${hash}`, imageID, 'containerd://1')).toBe('same')
  })
})

describe('a container that was started again', () => {
  test.each<[SameImage, string, string]>([
    ['same', `shop/web@sha256:${hash}`, `shop/web@sha256:${hash}`],
    ['same', `shop/web@sha256:${hash}`, `mirror.example/web@sha256:${hash}`],
    ['same', `docker-pullable://shop/web@sha256:${hash}`, `shop/web@sha256:${hash}`],
    ['same', `docker://sha256:${hash}`, hash],
    ['same', 'import-1', 'import-1'],
    ['other', `shop/web@sha256:${hash}`, `shop/web@sha256:${otherHash}`],
    ['other', hash, `sha256:${otherHash}`],
    // One digest is that of the manifest, the other that of the config.
    ['unknown', `shop/web@sha256:${hash}`, hash],
    ['unknown', `shop/web@sha256:${hash}`, 'import-1'],
  ])('runs the %s image: %s, then %s', (same, approved, imageID) => {
    expect(runs(approved, imageID, 'containerd://2')).toBe(same)
  })
})
