import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import {
  adminEntries,
  exec,
  itsKubectls,
  kubectls,
  ours,
  setEnvironment,
  tokenOf,
  writeKubeconfig,
  writeLoginProgram,
  type Fields,
} from './beside-kubectl.ts'
import { openScene, type Scene } from './this-cluster.ts'

// Each line of flags is tried by kubectl and by us, and the flags that we would give to a kubectl of our own, too. All
// three must be the same user, or all must fail.

const folder = temporaryFolder()
const { KUBECONFIG } = process.env
const admin = adminEntries()
const server = String(admin.cluster['server'])
let scene: Scene
let token: string
let other: string

const at = (name: string): string => join(folder, name)
const pem = (name: string, data: unknown): void => {
  writeFileSync(at(name), Buffer.from(String(data), 'base64'))
}

beforeAll(async () => {
  scene = await openScene('kubectl-flags')
  token = await tokenOf(scene, 'robot')
  other = await tokenOf(scene, 'other')
  pem('ca.crt', admin.cluster['certificate-authority-data'])
  pem('admin.crt', admin.user['client-certificate-data'])
  pem('admin.key', admin.user['client-key-data'])
  writeFileSync(at('robot.token'), token)
  writeLoginProgram(at('login.sh'), { token })
  const here = admin.cluster
  writeKubeconfig(
    at('config'),
    {},
    {},
    {
      clusters: [
        { name: 'here', cluster: here },
        { name: 'nowhere', cluster: { ...here, server: 'https://127.0.0.1:1' } },
        { name: 'named', cluster: { ...here, 'tls-server-name': 'wrong.example' } },
        { name: 'careless', cluster: { server, 'insecure-skip-tls-verify': true } },
      ],
      users: [
        { name: 'admin', user: admin.user },
        { name: 'robot', user: { token } },
        { name: 'filed', user: { tokenFile: 'robot.token' } },
        { name: 'program', user: exec({ command: './login.sh' }) },
        {
          name: 'zoe',
          user: { ...admin.user, as: 'zoe', 'as-groups': ['dev'], 'as-user-extra': { team: ['a'], floor: ['2'] } },
        },
        { name: 'nobody', user: {} },
      ],
      contexts: [
        { name: 'here', context: { cluster: 'here', user: 'robot' } },
        { name: 'nowhere', context: { cluster: 'nowhere', user: 'admin' } },
        { name: 'lost', context: { cluster: 'gone', user: 'gone' } },
      ],
    },
  )
})
afterEach(() => {
  setEnvironment({ KUBECONFIG })
})
afterAll(async () => {
  await scene.close()
})

const robot = (): Fields => ({ username: `system:serviceaccount:${scene.namespace}:robot` })
const otherRobot = (): Fields => ({ username: `system:serviceaccount:${scene.namespace}:other` })
const root = (): Fields => ({ groups: expect.arrayContaining(['system:masters']) })

describe('we have the same user as kubectl', () => {
  test.each<[string, () => Fields]>([
    ['', robot],
    ['--context=', robot],
    ['--context here', robot],
    ['--context nowhere --cluster here', root],
    ['--user admin', root],
    ['--user filed', robot],
    ['--user program', robot],
    ['--context nowhere --server SERVER', root],
    ['--context nowhere -s SERVER', root],
    ['--context nowhere -s=SERVER', root],
    ['--context lost --server SERVER --certificate-authority CA --token OTHER', otherRobot],
    ['--token OTHER', otherRobot],
    ['--token OTHER --user admin', root],
    ['--token OTHER --user program', otherRobot],
    ['--token OTHER --user filed', robot],
    ['--user nobody --client-certificate CRT --client-key KEY', root],
    ['--user admin --client-certificate CRT --client-key KEY', root],
    ['--user program --client-certificate CRT --client-key KEY', root],
    ['--cluster here --certificate-authority CA', robot],
    ['--cluster careless', robot],
    ['--cluster careless --certificate-authority CA', robot],
    ['--insecure-skip-tls-verify', robot],
    ['--insecure-skip-tls-verify=true', robot],
    ['--insecure-skip-tls-verify=false', robot],
    ['--cluster named --tls-server-name kubernetes.default.svc', robot],
    ['--cluster named --server SERVER', robot],
    ['--disable-compression --request-timeout=20 --cache-dir /tmp/none', robot],
    ['--request-timeout 1m', robot],
    ['--request-timeout 0', robot],
    ['--user admin --as zoe', () => ({ username: 'zoe' })],
    [
      '--user admin --as zoe --as-group=dev --as-group a,b --as-uid 7 --as-user-extra team=a=1 --as-user-extra team=b',
      () => ({
        username: 'zoe',
        uid: '7',
        groups: ['dev', 'a,b', 'system:authenticated'],
        extra: { team: ['a=1', 'b'] },
      }),
    ],
    ['--user zoe', () => ({ username: 'zoe', groups: ['dev', 'system:authenticated'] })],
    [
      '--user zoe --as max --as-user-extra team=b',
      () => ({ username: 'max', groups: ['dev', 'system:authenticated'], extra: { team: ['b'], floor: ['2'] } }),
    ],
    ['--user zoe --as-group ops', () => ({ username: 'zoe', groups: ['ops', 'system:authenticated'] })],
    ['--namespace=shop', robot],
  ])('by "%s"', async (flags, expected) => {
    setEnvironment({ KUBECONFIG: at('config') })
    const argv = words(flags)

    const [we, kubectl, its] = await Promise.all([ours(...argv), kubectls(...argv), itsKubectls(...argv)])

    expect(kubectl).toMatchObject(expected())
    expect(we).toEqual(kubectl)
    expect(its).toEqual(kubectl)
  })
})

describe('what kubectl refuses is refused', () => {
  test.each<[string, RegExp]>([
    ['--context none', /no context none; it has here, nowhere, lost/],
    ['--cluster none', /no cluster none/],
    ['--user none', /no user none/],
    ['--context lost', /names cluster gone, which is not in the kubeconfig/],
    ['--context lost --cluster here', /names user gone, which is not in the kubeconfig/],
    ['--user nobody', /nobody has no credentials/],
    ['--user nobody --as zoe', /nobody has no credentials/],
    ['--user nobody --client-certificate CRT', /client-key/],
    ['--user nobody --client-certificate NONE --client-key KEY', /client-certificate/],
    ['--token OTHER --username x', /a token and a username/],
    ['--username x --password y --user nobody', /system:anonymous/],
    ['--as-group dev', /need as/],
    ['--context nowhere', /ECONNREFUSED/],
    ['--cluster named', /wrong\.example/],
    ['--tls-server-name wrong.example', /wrong\.example/],
    ['--server SERVER --certificate-authority NONE', /certificate-authority/],
    ['--insecure-skip-tls-verify --certificate-authority CA', /only one may be given/],
    ['--request-timeout soon', /--request-timeout must be/],
    ['--proxy-url ftp://127.0.0.1:1', /proxy-url ftp/],
    ['--proxy-url http://127.0.0.1:1', /ECONNREFUSED/],
    ['--kubeconfig NONE', /cannot be read: .*ENOENT/],
  ])('"%s"', async (flags, sentence) => {
    setEnvironment({ KUBECONFIG: at('config') })
    const argv = words(flags)

    const [we, kubectl] = await Promise.all([ours(...argv), kubectls(...argv)])

    expect(kubectl).toHaveProperty('refused')
    expect(we).toEqual({ refused: expect.stringMatching(sentence) })
  })
})

test('flags are enough, without any kubeconfig', async () => {
  setEnvironment({ KUBECONFIG: at('none') })
  const argv = words('--server SERVER --certificate-authority CA --token OTHER')

  const [we, kubectl] = await Promise.all([ours(...argv), kubectls(...argv)])

  expect(kubectl).toMatchObject(otherRobot())
  expect(we).toEqual(kubectl)
})

/** Puts the values of this cluster for the words in capitals. */
function words(flags: string): string[] {
  const values: Readonly<Record<string, string>> = {
    SERVER: server,
    CA: at('ca.crt'),
    CRT: at('admin.crt'),
    KEY: at('admin.key'),
    OTHER: other,
    NONE: at('none'),
  }
  return flags.split(' ').flatMap((word) => {
    const filled = word.replace(/\b[A-Z]{2,}\b/, (name) => values[name] ?? name)
    return filled === '' ? [] : [filled]
  })
}
