import { expect, test } from '@jest/globals'
import { environmentProxy } from '../../../../src/cluster/kube-config/environment-proxy.ts'

const proxy = 'http://proxy.example:3128'

// Compared with golang.org/x/net/http/httpproxy, which kubectl uses.
test.each([
  ['nothing is set', 'https://api.shop.example', {}, undefined],
  ['HTTPS_PROXY', 'https://api.shop.example', { HTTPS_PROXY: proxy }, proxy],
  ['https_proxy', 'https://api.shop.example', { https_proxy: proxy }, proxy],
  ['HTTP_PROXY is for http', 'https://api.shop.example', { HTTP_PROXY: proxy }, undefined],
  ['without a scheme', 'https://api.shop.example', { HTTPS_PROXY: 'proxy.example:3128' }, proxy],
  ['localhost', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['loopback', 'https://127.0.0.5:6443', { HTTPS_PROXY: proxy }, undefined],
  ['loopback, IPv6', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
  ['all are excepted', 'https://api.shop.example', { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['the host', 'https://api.shop.example', { HTTPS_PROXY: proxy, NO_PROXY: 'a, api.shop.example' }, undefined],
  ['its domain', 'https://api.shop.example', { HTTPS_PROXY: proxy, no_proxy: 'shop.example' }, undefined],
  ['its domain, with a dot', 'https://api.shop.example', { HTTPS_PROXY: proxy, NO_PROXY: '.shop.example' }, undefined],
  [
    'its domain, with a star',
    'https://api.shop.example',
    { HTTPS_PROXY: proxy, NO_PROXY: '*.shop.example' },
    undefined,
  ],
  ['a dot is not the domain itself', 'https://shop.example', { HTTPS_PROXY: proxy, NO_PROXY: '.shop.example' }, proxy],
  [
    'the end of a word is not a domain',
    'https://apishop.example',
    { HTTPS_PROXY: proxy, NO_PROXY: 'shop.example' },
    proxy,
  ],
  ['the port', 'https://api.example:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example:6443' }, undefined],
  ['another port', 'https://api.example:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example:443' }, proxy],
  ['the usual port', 'https://api.example', { HTTPS_PROXY: proxy, NO_PROXY: 'api.example:443' }, undefined],
  ['the address', 'https://10.0.0.1:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.1' }, undefined],
  ['its network', 'https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/8' }, undefined],
  ['another network', 'https://10.1.2.3:6443', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/16' }, proxy],
  ['its network, IPv6', 'https://[fd00::1]:6443', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::/8' }, undefined],
  ['a network that is none', 'https://10.1.2.3', { HTTPS_PROXY: proxy, NO_PROXY: '10.0.0.0/99,10.0.0.0/,x/8' }, proxy],
])('%s', (_what, server, env, expected) => {
  expect(environmentProxy(new URL(server), env)).toBe(expected)
})
