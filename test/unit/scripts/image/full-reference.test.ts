import { expect, test } from '@jest/globals'
import { fullReference } from '../../../../scripts/image/image-archive.ts'

test.each([
  ['sallyport:0.1.0', 'docker.io/library/sallyport:0.1.0'],
  ['acme/sallyport:0.1.0', 'docker.io/acme/sallyport:0.1.0'],
  ['registry.example/sallyport:0.1.0', 'registry.example/sallyport:0.1.0'],
  ['registry.example:5000/acme/sallyport:0.1.0', 'registry.example:5000/acme/sallyport:0.1.0'],
  ['localhost/sallyport:0.1.0', 'localhost/sallyport:0.1.0'],
])('%s is %s', (short, full) => {
  expect(fullReference(short)).toBe(full)
})
