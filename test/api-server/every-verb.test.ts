import { createServer, type AddressInfo, type Server } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { stringify } from 'yaml'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { apiGroup } from '../../src/api/kinds/kind.ts'
import { createProgram } from '../../src/cli/program.ts'
import { removeKinds } from '../fixtures/home.ts'
import { writeKubeconfig } from '../fixtures/kubeconfig-file.ts'
import { admin, type KubectlUser } from '../fixtures/kubectl.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import type { Ended } from '../fixtures/run.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import type { Shell } from '../fixtures/shell.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { templateFile } from '../fixtures/templates.ts'
import { until } from '../fixtures/until.ts'
import { leafVerbs, verbLines } from '../fixtures/verb-lines.ts'

const folder = temporaryFolder()
const namespace = 'every-verb'
const template = join(folder, 'template.yaml')

let shell: Shell
let robot: KubectlUser
let silent: Server

beforeAll(async () => {
  writeFileSync(template, stringify(templateFile(namespace, 'web', {})))
  shell = await shellWithPlugin()
  await admin(['create', 'namespace', namespace])
  await admin(['create', 'serviceaccount', 'robot', '-n', namespace])
  robot = await serviceAccountLogin(namespace, 'robot')
  // It takes every connection, and never says a word.
  silent = createServer(() => undefined).listen(0, '127.0.0.1')
})
afterAll(async () => {
  silent.close()
  await removeKinds()
  await admin(['delete', 'namespace', namespace, '--wait=false'])
})

/** Writes a kubeconfig whose API server is at this port. */
function loginAt(port: number): KubectlUser {
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true }
  return { kubeconfig: writeKubeconfig(join(folder, `port-${port}.yaml`), cluster, { token: 'none' }) }
}

function typed(user: KubectlUser, line: string): Promise<Ended> {
  return shell(user, `TEMPLATE='${template}'; kubectl access ${line} -n ${namespace} </dev/null`)
}

const verbs = Object.entries(verbLines).map(([verb, how]) => ({ verb, ...how }))
const online = verbs.filter(({ isOffline }) => !isOffline)

/** Expects an end that tells people something: no stack, no silence. */
function expectTold({ code, stdout, stderr }: Ended, says: RegExp): void {
  const told = `${stdout}${stderr}`
  expect(told).toMatch(says)
  expect(told).not.toMatch(/^ +at .*:\d+:\d+\)?$/m)
  expect(told).not.toMatch(/\[object |undefined|TypeError/)
  expect(code).toBe(1)
}

test('the table has a line for each verb', () => {
  const program = createProgram({ command: undefined, run: () => Promise.resolve() })
  expect(Object.keys(verbLines).toSorted()).toEqual(leafVerbs(program).toSorted())
})

test.each(verbs.filter(({ isOffline }) => isOffline))('$verb needs no cluster', async ({ line }) => {
  expect(await shell(loginAt(1), `TEMPLATE='${template}'; kubectl access ${line}`)).toMatchObject({ code: 0 })
})

describe('without a way to the API server', () => {
  test.each(online)('$verb says which server cannot be reached', async ({ line, isByKubectl }) => {
    const ended = await typed(loginAt(1), line)

    expectTold(
      ended,
      isByKubectl ? /127\.0\.0\.1:1 was refused/ : /The API server https:\/\/127\.0\.0\.1:1 cannot be reached/,
    )
  })

  // They only wait, so all of them wait at the same time.
  test('no verb waits for ever for one that is silent', async () => {
    const { port } = silent.address() as AddressInfo
    const user = loginAt(port)
    const flags = '--request-timeout=1s'

    const ended = await Promise.all(online.map(({ line }) => typed(user, `${line.replace(' -- id', '')} ${flags}`)))

    for (const one of ended) expectTold(one, /timeout|in time|timed out/i)
  })
})

describe('where Sallyport', () => {
  beforeAll(async () => {
    await removeKinds()
    await until('no kind is served', async () => {
      const served = await admin(['api-resources', `--api-group=${apiGroup}`, '-o', 'name'])
      return served === ''
    })
  })

  test.each(online)(
    'is not installed, $verb says so',
    async ({ line, looksFirst = /not installed in this cluster/ }) => {
      expectTold(await typed('admin', line), looksFirst)
    },
  )
})

describe('where Sallyport is of another version', () => {
  beforeAll(async () => {
    const crd = `${accessPassKind.plural}.${apiGroup}`
    await admin(['apply', '-f', `manifests/crds/${accessPassKind.plural}.yaml`])
    await admin(['wait', '--for=condition=Established', `crd/${crd}`])
    await until('the kind is served', async () => {
      const served = await admin(['api-resources', `--api-group=${apiGroup}`, '-o', 'name'])
      return served.includes(crd)
    })
  })

  const namesKind = /is another version than this program: it has no (cluster)?access/

  test.each(online)('$verb names the kind that is not there', async ({ line, looksFirst = namesKind }) => {
    expectTold(await typed('admin', line), looksFirst)
  })
})

describe('with all kinds, and without rights', () => {
  beforeAll(async () => {
    await admin(['apply', '-f', 'manifests/crds/'])
    await admin(['wait', '--for=condition=Established', 'crd', '--all'])
  })

  test.each(online.filter(({ verb }) => verb !== 'version'))(
    '$verb tells a service account what it may not do',
    async ({ line }) => {
      expectTold(await typed(robot, line), /cannot|may not|not installed/)
    },
  )
})
