import { expect, test } from '@jest/globals'
import type { ExecTemplate } from '../../../../../src/api/kinds/access/exec-template.ts'
import { needsOfOffer } from '../../../../../src/decision/kinds/access-kinds.ts'

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
  const needsIn = (namespace: string | undefined) =>
    needsOfOffer({ exec: { target, ...offered } }, () => ({ problems: [], dangers: [] }), namespace).needs

  expect(needsIn('shop').map(({ text }) => text)).toEqual(needs.map((one) => `${one} in namespace shop`))
  expect(needsIn(undefined).map(({ namespace }) => namespace)).toEqual(needs.map(() => undefined))
})
