import { expect, test } from '@jest/globals'
import type { ExecTemplate } from '../../../../src/api/kinds/exec-template.ts'
import { authorNeeds } from '../../../../src/decision/admission/author-needs.ts'

const target = { kind: 'Deployment', name: 'web' } as const
const exec = ['get pods/exec', 'create pods/exec']
const attach = ['get pods/attach', 'create pods/attach']

test.each<[string, Omit<ExecTemplate, 'target'>, readonly string[]]>([
  ['exec', {}, exec],
  [
    'each subresource that it lists',
    { subresources: ['attach', 'portforward', 'log'] },
    [...exec, ...attach, 'get pods/portforward', 'create pods/portforward', 'get pods/log'],
  ],
  [
    'debug, which attaches, once',
    { subresources: ['attach'], debug: { images: ['busybox:1'] } },
    [...exec, ...attach, 'patch pods/ephemeralcontainers'],
  ],
  ['eviction', { onExpiry: { evict: true } }, [...exec, 'create pods/eviction']],
  ['no eviction that it does not ask for', { onExpiry: { evict: false } }, exec],
])('the author of an exec template holds %s', (_title, offered, needs) => {
  const spec = { subjects: [{ kind: 'User' as const, name: 'alice' }], access: { exec: { target, ...offered } } }

  expect(authorNeeds(spec, 'shop').map(({ text }) => text)).toEqual(needs.map((one) => `${one} in namespace shop`))
  expect(authorNeeds(spec, undefined).map(({ namespace }) => namespace)).toEqual(needs.map(() => undefined))
})
