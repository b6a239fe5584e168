import { expect, test } from '@jest/globals'
import { concealed, hasSecrets, secretPathsOf, withLiveSecrets, withSecret } from '../../../src/install/secret-path.ts'

const [one, other] = ['a'.repeat(48), 'b'.repeat(48)]
const foreign = { name: 'x.example.com', clientConfig: { url: 'https://x.example.com/x' } }

function configuration(...webhooks: readonly object[]): Parameters<typeof withLiveSecrets>[0] {
  return { apiVersion: 'v1', kind: 'V', metadata: { name: 'sallyport', labels: {} }, webhooks }
}

const byUrl = (path: string, name = 'gate'): object => ({
  name: `${name}.access.sallyport.dev`,
  clientConfig: { url: `https://192.0.2.7:8443${path}`, caBundle: 'Y2E=' },
})
const byService = (path: string): object => ({
  name: 'gate.access.sallyport.dev',
  clientConfig: { service: { name: 'sallyport', namespace: 'sallyport-system', path }, caBundle: 'Y2E=' },
})

test.each([
  ['a URL', byUrl],
  ['a Service', byService],
])('the random part is put into the path of %s, and replaced there', (_title, at) => {
  const plain = configuration(at('/connect'), foreign)

  expect(withSecret(plain, one)).toEqual(configuration(at(`/connect/${one}`), foreign))
  expect(withSecret(withSecret(plain, one), other)).toEqual(configuration(at(`/connect/${other}`), foreign))
})

test('the random part that is there is kept; a webhook that is missing there has that of another', () => {
  const live = configuration(byUrl(`/connect/${one}`))
  const wanted = configuration(byUrl('/connect'), byUrl('/deletions', 'deletions'))

  expect(withLiveSecrets(wanted, { ...live })).toEqual(
    configuration(byUrl(`/connect/${one}`), byUrl(`/deletions/${one}`, 'deletions')),
  )
})

test('another path than ours is not kept, whatever its random part is', () => {
  const live = configuration(byUrl(`/open/${one}`))

  expect(withLiveSecrets(configuration(byUrl('/connect')), { ...live })).toEqual(
    configuration(byUrl(`/connect/${one}`)),
  )
})

test('a configuration has its random parts where each webhook of ours has one', () => {
  expect(hasSecrets({ ...configuration(byUrl(`/connect/${one}`), foreign) })).toBe(true)
  expect(hasSecrets({ ...configuration(byUrl(`/connect/${one}`), byUrl('/deletions', 'deletions')) })).toBe(false)
  expect(secretPathsOf({ ...configuration(byUrl(`/connect/${one}`), byUrl('/deletions', 'deletions')) })).toEqual([
    `/connect/${one}`,
  ])
})

test('a text is shown without the random parts in it', () => {
  expect(concealed(`Post "https://192.0.2.7:8443/connect/${one}?timeout=5s": EOF`)).toBe(
    'Post "https://192.0.2.7:8443/connect/…?timeout=5s": EOF',
  )
})
