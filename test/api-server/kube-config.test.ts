import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { whoAmI } from '../../src/cli/connection/who-am-i.ts'
import { createClient } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { run } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import {
  adminEntries,
  exec,
  kubectls,
  ours,
  setEnvironment,
  tokenOf,
  writeKubeconfig,
  writeLoginProgram,
  type Fields,
} from './beside-kubectl.ts'
import { openScene, type Scene } from './this-cluster.ts'

// Each kubeconfig is tried by kubectl and by us. The plugin must have the same user as kubectl, or say why it has not.
// In kubernetes-client/javascript#2355 and other issues the user was another one.

const folder = temporaryFolder()
const { KUBECONFIG, HTTPS_PROXY } = process.env
const admin = adminEntries()
let scene: Scene
let token: string

beforeAll(async () => {
  scene = await openScene('kube-config')
  token = await tokenOf(scene, 'robot')
})
afterEach(() => {
  setEnvironment({ KUBECONFIG, HTTPS_PROXY })
})
afterAll(async () => {
  await scene.close()
})

const kubeconfig = (name: string, ...fields: readonly [user: Fields, cluster?: Fields, more?: Fields]): string =>
  writeKubeconfig(join(folder, name), ...fields)

const loginProgram = (name: string, status: Fields, ...lines: readonly string[]): void => {
  writeLoginProgram(join(folder, name), status, ...lines)
}

const robot = (): Fields => ({ username: `system:serviceaccount:${scene.namespace}:robot` })

describe('we have the same user as kubectl', () => {
  test.each<[string, () => string, () => Fields]>([
    ['by certificate', () => kubeconfig('cert', admin.user), () => ({})],
    ['by token', () => kubeconfig('token', { token }), robot],
    [
      'by tokenFile, relative to the kubeconfig',
      () => {
        writeFileSync(join(folder, 'robot.token'), `${token}\n`)
        return kubeconfig('token-file', { tokenFile: 'robot.token' })
      },
      robot,
    ],
    [
      'by tokenFile, although there is a token',
      () => {
        writeFileSync(join(folder, 'robot.token'), token)
        return kubeconfig('both', { tokenFile: 'robot.token', token: 'stale' })
      },
      robot,
    ],
    ['by token, where its tokenFile is gone', () => kubeconfig('lost', { tokenFile: 'missing', token }), robot],
    ['by token, not by the certificate beside it', () => kubeconfig('two', { ...admin.user, token }), () => ({})],
    [
      'by certificate, not by a program',
      () => kubeconfig('no-exec', { ...admin.user, ...exec({ command: 'none' }) }),
      () => ({}),
    ],
    [
      'as somebody else, with groups, uid and extra',
      () =>
        kubeconfig('as', {
          ...admin.user,
          as: 'zoë',
          'as-uid': '42',
          'as-groups': ['dev', 'ops'],
          'as-user-extra': { 'example.com/Team%': ['a', 'b'] },
        }),
      () => ({
        username: 'zoë',
        uid: '42',
        groups: ['dev', 'ops', 'system:authenticated'],
        extra: { 'example.com/team%': ['a', 'b'] },
      }),
    ],
    [
      'with nulls for what is left out',
      () => kubeconfig('nulls', { token, tokenFile: null, exec: null }, { extensions: null }),
      robot,
    ],
    [
      'by a program beside the kubeconfig',
      () => {
        loginProgram('login.sh', { token }, '[ "$WHERE" = here ] || exit 1')
        return kubeconfig('exec', exec({ command: './login.sh', env: [{ name: 'WHERE', value: 'here' }] }))
      },
      robot,
    ],
    [
      'by a program of the older API, which has no mode',
      () => {
        const credential = {
          apiVersion: 'client.authentication.k8s.io/v1beta1',
          kind: 'ExecCredential',
          status: { token },
        }
        const args = ['-c', `echo '${JSON.stringify(credential)}'`]
        return kubeconfig('v1beta1', { exec: { apiVersion: credential.apiVersion, command: 'sh', args } })
      },
      robot,
    ],
    [
      'with a time for a name',
      () => kubeconfig('time', { ...admin.user, as: '2026-11-30' }),
      () => ({ username: '2026-11-30' }),
    ],
    [
      'by a program that is told of the cluster',
      () => {
        const asks = [
          '"server":"https://',
          '"certificate-authority-data":"',
          '"config":{"audience":"shop"}',
          '"interactive":false',
        ]
        loginProgram(
          'cluster.sh',
          { token },
          ...asks.map((text) => `echo "$KUBERNETES_EXEC_INFO" | grep -qF '${text}' || exit 1`),
        )
        const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'shop' } }]
        return kubeconfig('told', exec({ command: './cluster.sh', provideClusterInfo: true }), { extensions })
      },
      robot,
    ],
    [
      'by a program that gives a certificate',
      () => {
        const pem = (data: unknown): string => Buffer.from(String(data), 'base64').toString()
        const { 'client-certificate-data': certificate, 'client-key-data': key } = admin.user
        loginProgram('pair.sh', { clientCertificateData: pem(certificate), clientKeyData: pem(key) })
        return kubeconfig('pair', exec({ command: './pair.sh' }))
      },
      () => ({}),
    ],
  ])('%s', async (_how, write, expected) => {
    const file = write()

    const [we, kubectl] = await Promise.all([ours('--kubeconfig', file), kubectls('--kubeconfig', file)])

    expect(kubectl).toMatchObject(expected())
    expect(kubectl).not.toHaveProperty('refused')
    expect(we).toEqual(kubectl)
  })

  test.each([
    ['the first one that is there', () => [join(folder, 'none'), kubeconfig('first', { token })]],
    ['also after one that is there', () => [kubeconfig('first', { token }), join(folder, 'none')]],
    [
      'the first of two users of one name',
      () => [kubeconfig('first', { token }), kubeconfig('second', admin.user, {}, { 'current-context': 'none' })],
    ],
    [
      'a current context of the one and entries of the other',
      () => {
        const first = join(folder, 'first')
        writeFileSync(first, 'current-context: here\n')
        return [first, kubeconfig('second', { token }, {}, { 'current-context': 'none' })]
      },
    ],
  ])('of several files: %s', async (_which, write) => {
    setEnvironment({ KUBECONFIG: write().join(delimiter) })

    const [we, kubectl] = await Promise.all([ours(), kubectls()])

    expect(kubectl).toMatchObject(robot())
    expect(we).toEqual(kubectl)
  })
})

describe('kubectl and we run the login programs that kuberc allows', () => {
  const { KUBERC, PATH } = process.env
  afterEach(() => {
    setEnvironment({ KUBERC, PATH })
  })

  test.each<[string, string, boolean]>([
    ['all', 'credentialPluginPolicy: AllowAll', true],
    ['none', 'credentialPluginPolicy: DenyAll', false],
    ['this one by its path', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: PATH}]', true],
    [
      'this one by its name',
      'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: allowed.sh}]',
      true,
    ],
    ['another one', 'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: other.sh}]', false],
    ['what is not known', 'credentialPluginPolicy: Some', false],
  ])('%s', async (_which, policy, runs) => {
    loginProgram('allowed.sh', { token })
    const file = kubeconfig('policy', exec({ command: './allowed.sh' }))
    const kuberc = join(folder, 'kuberc')
    const head = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n'
    writeFileSync(kuberc, head + policy.replace('PATH', join(folder, 'allowed.sh')))
    setEnvironment({ KUBERC: kuberc, PATH: `${folder}${delimiter}${PATH ?? ''}` })

    const [we, kubectl] = await Promise.all([ours('--kubeconfig', file), kubectls('--kubeconfig', file)])

    const refused = { refused: expect.anything() }
    expect(kubectl).toEqual(runs ? expect.objectContaining(robot()) : refused)
    expect(we).toEqual(runs ? kubectl : { refused: expect.stringContaining('credentialPluginPolicy') })
  })
})

const provider = { 'idp-issuer-url': 'https://127.0.0.1:1', 'client-id': 'none' }
const oidc = (config: Fields): Fields => ({ 'auth-provider': { name: 'oidc', config } })
const jwt = (exp: number): string => ['{}', JSON.stringify({ exp })].map((part) => `${base64(part)}.`).join('') + 'none'
const base64 = (text: string): string => Buffer.from(text).toString('base64url')

test.each([
  ['token-file', { 'token-file': 'robot.token' }],
  ['exec.audience', exec({ command: 'sh', audience: 'shop' })],
])('a field that we do not know is refused with its file: %s', async (name, user) => {
  const file = kubeconfig('unknown', { token, ...user })

  expect(await ours('--kubeconfig', file)).toEqual({
    refused: expect.stringContaining(
      `The kubeconfig ${file} has a field of user somebody that is not known here: user.${name}.`,
    ),
  })
})

describe('what kubectl refuses is refused', () => {
  test.each<[string, Fields, RegExp]>([
    ['a user without tokenFile', { tokenFile: 'missing' }, /tokenFile .*ENOENT/],
    ['a token and a username', { token: 'a', username: 'b' }, /a token and a username/],
    ['groups without a user to impersonate', { token: 'a', 'as-groups': ['x'] }, /need as/],
    ['a certificate without its key', { 'client-certificate-data': 'YQ==' }, /client-key/],
    ['a login that kubectl has no longer', { 'auth-provider': { name: 'gcp' } }, /auth-provider gcp/],
    [
      'a program without interactiveMode',
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x' } },
      /interactiveMode/,
    ],
    ['a user without credentials', {}, /no credentials/],
    ['a YAML 1.1 boolean', { token: 'YES' }, /user\.token/],
    [
      'a certificate twice',
      { 'client-certificate': 'a', 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==' },
      /only one/,
    ],
    ['a variable without a name', exec({ command: 'sh', env: [{ name: '', value: 'x' }] }), /exec\.env/],
    ['an OIDC login without its issuer', oidc({ 'client-id': 'a', 'id-token': jwt(0) }), /idp-issuer-url/],
    ['an OIDC login that has ended', oidc({ ...provider, 'id-token': jwt(1) }), /Let kubectl renew it/],
    ['an OIDC login that the API server does not know', oidc({ ...provider, 'id-token': jwt(9e9) }), /401/],
    ['an OIDC token that is none', oidc({ ...provider, 'id-token': 'abc' }), /not a JSON Web Token/],
    ['a program of another API', { exec: { apiVersion: 'v9', command: 'x', interactiveMode: 'Never' } }, /apiVersion/],
    ['a program without a terminal', exec({ command: './login.sh', interactiveMode: 'Always' }), /terminal/],
    ['a field of another type', { token: 12_345 }, /kubeconfig\.users\[0\]\.user\.token/],
  ])('%s', async (name, user, sentence) => {
    const file = kubeconfig(name.replaceAll(' ', '-'), user)

    const [we, kubectl] = await Promise.all([ours('--kubeconfig', file), kubectls('--kubeconfig', file)])

    expect(kubectl).toHaveProperty('refused')
    expect(we).toEqual({ refused: expect.stringMatching(sentence) })
  })
})

test('what a login program says to the person is seen while it runs', async () => {
  loginProgram('device.sh', { token }, 'echo "open https://login.example/device" >&2')
  const file = kubeconfig('device', exec({ command: './device.sh' }))

  const { stderr } = await run(process.execPath, ['src/cli/main.ts', 'templates', '--kubeconfig', file])

  expect(stderr).toContain('open https://login.example/device')
})

test('a login that the API server does not take any more is made anew', async () => {
  const counter = join(folder, 'count')
  const first = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 'withdrawn' },
  }
  loginProgram(
    'renew.sh',
    { token },
    `if mkdir '${counter}' 2>/dev/null; then echo '${JSON.stringify(first)}'; exit; fi`,
  )
  const client = createClient(connect(kubeconfig('renew', exec({ command: './renew.sh' }))))

  await expect(whoAmI(client)).rejects.toMatchObject({ status: 401 })
  const { username } = await whoAmI(client)
  await client.close()

  expect({ username }).toEqual(robot())
})

describe('a server that only a proxy reaches', () => {
  let proxy: Server
  const asked: string[] = []

  beforeAll(async () => {
    const { hostname, port } = new URL(String(admin.cluster['server']))
    proxy = createServer().on('connect', ({ url = '' }, socket) => {
      asked.push(url)
      const upstream = connectTcp(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      for (const one of [upstream, socket]) {
        one.on('error', () => {
          upstream.destroy()
          socket.destroy()
        })
      }
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    proxy.close()
    proxy.closeAllConnections()
  })

  test('is reached by HTTPS_PROXY, as by kubectl', async () => {
    const file = kubeconfig(
      'proxied',
      { token },
      { server: 'https://shop.example.invalid:6443', 'tls-server-name': 'kubernetes.default.svc' },
    )
    setEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` })

    const [we, kubectl] = await Promise.all([ours('--kubeconfig', file), kubectls('--kubeconfig', file)])

    expect(kubectl).toMatchObject(robot())
    expect(we).toEqual(kubectl)
    expect(asked).toEqual(['shop.example.invalid:6443', 'shop.example.invalid:6443'])
  })
})
