import { describe, expect, test } from '@jest/globals'
import { digestOf, pinnedImage } from '../../../../src/provision/shell/pinned-image.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('an image is pinned to what runs now', () => {
  test.each([
    ['shop/web:1', `docker.io/shop/web@${digest}`],
    ['docker.io/shop/web:1', `docker.io/shop/web@${digest}`],
    ['index.docker.io/shop/web:1', `docker.io/shop/web@${digest}`],
    ['nginx', `docker.io/library/nginx@${digest}`],
    ['nginx:1.29', `docker.io/library/nginx@${digest}`],
    ['registry.example.com:5000/web:1', `registry.example.com:5000/web@${digest}`],
    ['registry.example.com/team/web', `registry.example.com/team/web@${digest}`],
    ['localhost/web:1', `localhost/web@${digest}`],
  ])('%s', (image, imageID) => {
    expect(pinnedImage(image, { image, imageID })).toStrictEqual({ pinned: true, image: imageID })
  })

  test('as the old runtime wrote it', () => {
    const image = 'registry.example.com/web:1'
    const imageID = `docker-pullable://registry.example.com/web@${digest}`
    expect(pinnedImage(image, { image, imageID })).toStrictEqual({
      pinned: true,
      image: `registry.example.com/web@${digest}`,
    })
  })

  test('or is already, by its template', () => {
    const image = `registry.example.com/web:1@${digest}`
    expect(pinnedImage(image, undefined)).toStrictEqual({ pinned: true, image })
  })
})

describe('it stays as the template has it', () => {
  const image = 'registry.example.com/web:1'
  test.each([
    ['where nothing runs', undefined, 'no pod of the workload runs it now'],
    [
      'in the middle of a rollout',
      { image: 'registry.example.com/web:2', imageID: `registry.example.com/web@${digest}` },
      'the workload runs another image',
    ],
    ['where it was loaded on the node', { image, imageID: digest }, 'the node has no digest of a registry for it'],
    ['where it is being pulled', { image, imageID: '' }, 'the node has no digest of a registry for it'],
    [
      'by the old runtime without a registry',
      { image, imageID: `docker://${digest}` },
      'the node has no digest of a registry for it',
    ],
    [
      'with half a digest',
      { image, imageID: 'registry.example.com/web@sha256:01' },
      'the node has no digest of a registry for it',
    ],
    [
      'where it came from elsewhere',
      { image, imageID: `mirror.example.com/web@${digest}` },
      'the node knows it under another name (mirror.example.com/web): it was loaded there, or pulled by that name',
    ],
    [
      'where containerd made up a name for what was loaded',
      { image, imageID: `docker.io/library/import-2026-11-29@${digest}` },
      'the node knows it under another name (docker.io/library/import-2026-11-29): it was loaded there, or pulled by that name',
    ],
  ])('%s', (_, running, why) => {
    expect(pinnedImage(image, running)).toStrictEqual({ pinned: false, image, why })
  })
})

test.each([
  [digest, digest],
  [`registry.example.com/web@${digest}`, digest],
  [`docker-pullable://registry.example.com/web@${digest}`, digest],
  ['registry.example.com/web:1', undefined],
  ['', undefined],
])('the digest of %j', (imageID, expected) => {
  expect(digestOf(imageID)).toBe(expected)
})
