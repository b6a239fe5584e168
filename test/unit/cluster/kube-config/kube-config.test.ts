import { afterEach, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../../../src/cluster/kube-config/kube-config.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const file = join(folder, 'config')
const { KUBECONFIG } = process.env

afterEach(() => {
  if (KUBECONFIG === undefined) delete process.env['KUBECONFIG']
  else process.env['KUBECONFIG'] = KUBECONFIG
})

interface Replaced {
  readonly cluster?: object
  readonly user?: object
  readonly current?: string
}

/** Returns a kubeconfig with one context. Fields of its cluster and its user may be replaced. */
function kubeconfig({ cluster = {}, user = { token: 'none' }, current = 'one' }: Replaced = {}): string {
  return JSON.stringify({
    clusters: [{ name: 'one', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
    users: [{ name: 'one', user }],
    contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    'current-context': current,
  })
}

test.each([
  ['that is no YAML', 'a: [b', /^The kubeconfig \S+config cannot be read: .+$/],
  ['that is empty', '', /^No API server with https found in \S+config\. .*$/],
  ['with two users of one name', 'users: [{name: a}, {name: a}]', /two entries of name a$/],
  [
    'whose user is not there',
    'contexts: [{name: one, context: {cluster: one, user: two}}]\nclusters: [{name: one, cluster: {server: "https://127.0.0.1:1"}}]\ncurrent-context: one',
    /^The context names user two, which is not in the kubeconfig\.$/,
  ],
  ['whose context is not there', kubeconfig({ current: 'two' }), /^The kubeconfig has no context two; it has one\.$/],
  [
    'without TLS',
    kubeconfig({ cluster: { server: 'http://127.0.0.1:1' } }),
    /^No API server with https found in \S+config\. .*$/,
  ],
  [
    'whose CA is not there',
    kubeconfig({ cluster: { 'certificate-authority': '/none/ca' } }),
    /^The certificate-authority of the kubeconfig cannot be read: .*ENOENT.* '\/none\/ca'$/,
  ],
])('a kubeconfig %s is refused with what is wrong, in one line', (_what, text, sentence) => {
  writeFileSync(file, text)

  expect(() => connect(file)).toThrow(sentence)
})

test('one that is given in vain is named', () => {
  expect(() => connect('/none/such')).toThrow(/^The kubeconfig \/none\/such cannot be read: .*ENOENT/)
})

test('those that KUBECONFIG names in vain are as none', () => {
  process.env['KUBECONFIG'] = '/none/such'

  expect(() => connect()).toThrow(/^No API server with https found in KUBECONFIG/)
})

test('a login program that is not there is told as what it is', async () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/none/login', interactiveMode: 'Never' }
  writeFileSync(file, kubeconfig({ user: { exec } }))
  const connection = connect(file)

  await expect(connection.authorize()).rejects.toThrow(
    /^The login of the kubeconfig's user one by \/none\/login failed: .*spawn \/none\/login ENOENT\.$/,
  )
  await connection.close()
})
