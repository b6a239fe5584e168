import { expect, test } from '@jest/globals'
import { sourcesOf } from '../../../../src/cli/audit/mounted-file.ts'

const pod = {
  containers: [
    {
      volumeMounts: [
        { name: 'config', mountPath: '/etc/sallyport' },
        { name: 'archive', mountPath: '/etc/sallyport/archive' },
        { name: 'both', mountPath: '/both/' },
        { name: 'one', mountPath: '/one/token', subPath: 'token' },
      ],
    },
  ],
  volumes: [
    { name: 'config', configMap: { name: 'sallyport-config' } },
    { name: 'archive', secret: { secretName: 'archive', items: [{ key: 'secret', path: 'a/key' }] } },
    { name: 'both', projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'c' } }] } },
    { name: 'one', secret: { secretName: 'tokens' } },
  ],
}

test.each([
  ['/etc/sallyport/config.yaml', [{ kind: 'ConfigMap', name: 'sallyport-config', key: 'config.yaml' }]],
  ['/etc/sallyport/archive/a/key', [{ kind: 'Secret', name: 'archive', key: 'secret' }]],
  ['/etc/sallyport/archive/secret', []],
  ['/etc/sallyport/archive-2', [{ kind: 'ConfigMap', name: 'sallyport-config', key: 'archive-2' }]],
  [
    '/both/ca.crt',
    [
      { kind: 'Secret', name: 's', key: 'ca.crt' },
      { kind: 'ConfigMap', name: 'c', key: 'ca.crt' },
    ],
  ],
  ['/one/token', [{ kind: 'Secret', name: 'tokens', key: 'token' }]],
  ['/elsewhere/file', []],
])('%s is found where it is mounted from', (file, sources) => {
  expect(sourcesOf(pod, file)).toEqual(sources)
})
