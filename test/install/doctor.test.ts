import { beforeAll, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { installation } from '../../src/api/installation.ts'
import { waysIn } from '../../src/api/review/way-in.ts'
import type { Finding } from '../../src/cli/doctor/finding.ts'
import { plantedHoles } from '../fixtures/holes.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { installed, uninstalled } from '../fixtures/installed.ts'
import { admin } from '../fixtures/kubectl.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { shellIn, type Environment, type Shell } from '../fixtures/shell.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'holes'
const testOnNode = testWithNode()
const holes = plantedHoles(namespace)
const objectsOfHoles = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: holes.flatMap(({ objects }) => objects),
})
const policyBinding = ['validatingadmissionpolicybinding', `${installation.name}-identity`] as const

let environment: Environment
let shell: Shell

beforeAll(async () => {
  if (testOnNode !== test) return
  await installed()
  await admin(['create', 'namespace', namespace])
  await admin(['rollout', 'status', '-n', installation.namespace, `deployment/${installation.name}`, '--timeout=2m'])
  environment = await environmentWithPlugin()
  shell = shellIn(environment)
})
inTheEnd(
  () => admin(['delete', '--ignore-not-found', '-f', '-'], objectsOfHoles),
  () => admin(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']),
  () => uninstalled(),
)

interface Told {
  readonly code: number | null
  readonly stderr: string
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
}

async function doctor(options = '', user: 'admin' | 'alice' = 'admin'): Promise<Told> {
  const { code, stdout, stderr } = await shell(user, `kubectl access doctor -o json ${options}`)
  if (stdout === '') throw new Error(stderr)
  return { code, stderr, ...(JSON.parse(stdout) as Pick<Told, 'findings' | 'notChecked'>) }
}

async function canaryObjects(): Promise<string> {
  const kinds = 'namespaces,clusterroles,clusterrolebindings,roles,rolebindings,pods'
  return admin(['get', kinds, '-A', '-l', 'access.sallyport.dev/canary', '-o', 'name'])
}

testOnNode('a clean cluster has no findings, and all of it was checked', async () => {
  expect(await doctor()).toEqual({ code: 0, stderr: '', findings: [], notChecked: [] })

  const { code, stdout } = await shell('admin', 'kubectl access doctor')
  expect([code, stdout]).toEqual([0, 'Nothing was found.\n'])
})

testOnNode('each planted hole is found by its rule, with its subject and a remedy', async () => {
  await admin(['apply', '-f', '-'], objectsOfHoles)
  await admin(['delete', ...policyBinding])

  const { code, findings, notChecked } = await doctor()

  expect([code, notChecked]).toEqual([1, []])
  for (const { id, subject, rule } of holes) {
    expect(findings).toContainEqual(
      expect.objectContaining({ id, subject, rule, remedy: expect.stringMatching(/\.$/) }),
    )
  }
  // A hole of one kind is told once, and nothing is told that is not there.
  const planted = [...holes.map(({ id }) => id), 'not-installed']
  expect(findings.map(({ id }) => id).toSorted()).toEqual(planted.toSorted())
  expect(findings.find(({ id }) => id === 'not-installed')?.subject).toMatch(new RegExp(policyBinding[1]))
})

testOnNode('who may read little is told what was not checked', async () => {
  const { code, notChecked } = await doctor('', 'alice')

  expect(code).toBe(1)
  expect(notChecked).toContain('RBAC (clusterrolebindings): you may not read it')
})

testOnNode('the canary is stopped at every way in, and leaves nothing behind', async () => {
  const { findings, stderr, notChecked } = await doctor('--canary --yes')

  for (const way of waysIn) expect(stderr).toContain(`canary: ${way} is closed`)
  expect(findings.filter(({ id }) => id === 'canary')).toEqual([])
  expect(notChecked).toEqual([])
  await until('all of it is gone', async () => (await canaryObjects()) === '')
})

testOnNode('a canary that cannot make its objects fails, and leaves nothing behind', async () => {
  const { code, stderr } = await shell('admin', 'kubectl access doctor --canary --yes -n no-such-namespace')

  expect(code).toBe(1)
  expect(stderr).toContain('"no-such-namespace" not found')
  expect(await canaryObjects()).toBe('')
})

testOnNode('a canary that is interrupted leaves nothing behind', async () => {
  const line = 'exec kubectl access doctor --canary --yes'
  const child = spawn('sh', ['-c', line], { env: environment('admin'), stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!said.includes('The canary makes') && (said + text).includes('The canary makes')) child.kill('SIGINT')
    said += text
  })
  const [code] = (await once(child, 'close')) as [number | null]

  expect(said).toContain('The canary was interrupted.')
  expect(code).toBe(130)
  await until('all of it is gone', async () => (await canaryObjects()) === '')
})

testOnNode('a canary that nobody agreed to makes nothing', async () => {
  const { code, stderr } = await shell('admin', 'kubectl access doctor --canary < /dev/null')

  expect(code).toBe(1)
  expect(stderr).toContain('add --yes')
})

// This test is last: it opens the gate, and takes from the leader the right to close it.
testOnNode('the canary tells a gate that was opened', async () => {
  await admin(['delete', 'clusterrolebinding', `${installation.name}-self-check`])
  const never = [{ op: 'add', path: '/webhooks/0/matchConditions/-', value: { name: 'never', expression: 'false' } }]
  await until('the leader has lost the right', async () => {
    await admin([
      'patch',
      'validatingwebhookconfiguration',
      installation.name,
      '--type=json',
      '-p',
      JSON.stringify(never),
    ])
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const conditions = 'jsonpath={.webhooks[0].matchConditions[*].name}'
    return (await admin(['get', 'validatingwebhookconfiguration', installation.name, '-o', conditions])).includes(
      'never',
    )
  })

  const { code, findings } = await doctor('--canary --yes')

  expect(code).toBe(1)
  const opened = findings.filter(({ id }) => id === 'canary').map(({ subject }) => subject)
  expect(opened.toSorted()).toEqual([...waysIn].toSorted())
  expect(findings).toContainEqual(
    expect.objectContaining({ id: 'gate-changed', rule: expect.stringContaining('matchConditions[never]') }),
  )
  await until('all of it is gone', async () => (await canaryObjects()) === '')
})
