import { expect, test } from '@jest/globals'
import { parseConfig } from '../../../src/config/config.ts'

const head = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'
const read = (tls: string): ReturnType<typeof parseConfig>['tls'] => parseConfig(`${head}tls: {${tls}}`, 'f').tls
const files = 'certFile: /c, keyFile: /k'

test.each([
  ['nothing named', '', { source: 'SelfManaged', lifetimeMs: 7_776_000_000, caLifetimeMs: 94_608_000_000 }],
  ['lifetimes', 'lifetime: 1m, caLifetime: 1h', { source: 'SelfManaged', lifetimeMs: 60_000, caLifetimeMs: 3_600_000 }],
  ['files', files, { source: 'Files', certFile: '/c', keyFile: '/k', caFile: undefined, injectCaFrom: undefined }],
  [
    'files of cert-manager',
    `${files}, caFile: /a, injectCaFrom: sallyport-system/sallyport`,
    { source: 'Files', certFile: '/c', keyFile: '/k', caFile: '/a', injectCaFrom: 'sallyport-system/sallyport' },
  ],
])('%s', (_, tls, policy) => {
  expect(read(tls)).toEqual(policy)
})

test.each([
  ['only a certificate', 'certFile: /c', 'config.tls.keyFile is missing'],
  ['only a key', 'keyFile: /k', 'config.tls.certFile is missing'],
  ['a CA without files', 'caFile: /a', 'config.tls.caFile needs certFile and keyFile'],
  ['an injected CA without files', 'injectCaFrom: a/b', 'config.tls.injectCaFrom needs certFile and keyFile'],
  ['an injected CA without a CA', `${files}, injectCaFrom: a/b`, 'config.tls.caFile is missing'],
  ['no namespace', `${files}, caFile: /a, injectCaFrom: b`, 'config.tls.injectCaFrom'],
  [
    'a lifetime for files',
    `${files}, lifetime: 1h`,
    'config.tls.lifetime is only for certificates that Sallyport makes',
  ],
  ['a lifetime below the least', 'lifetime: 59s', 'config.tls.lifetime must be from 1m to 87600h'],
  ['a lifetime above the most', 'caLifetime: 99999h', 'config.tls.caLifetime must be from 1m to 87600h'],
  ['a CA that ends first', 'lifetime: 2h, caLifetime: 1h', 'config.tls.caLifetime must not be shorter than lifetime'],
])('refused: %s', (_, tls, problem) => {
  expect(() => read(tls)).toThrow(problem)
})
