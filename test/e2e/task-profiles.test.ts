import { beforeAll, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { findTaskImage, loadTaskImage } from '../cluster/task-image.ts'
import { applied, storedRequest, type File } from '../fixtures/access.ts'
import { pages } from '../fixtures/documents.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { environmentWithPlugin } from '../fixtures/plugin.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import type { Ended } from '../fixtures/run.ts'
import { shellIn, type Shell } from '../fixtures/shell.ts'
import { podsOf, templateFile } from '../fixtures/templates.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { servingDeployment } from '../fixtures/workload.ts'

// This suite applies each file of examples/templates/tasks, and types each command of docs/tasks.md. Only the namespace,
// the image and the gateway are changed.
const namespace = 'task-profiles'
const folder = 'examples/templates/tasks'
const page = pages.find(({ file }) => file === 'docs/tasks.md')
const [first, capture, trace, route, ...more] = (page?.blocks ?? [])
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text.trim())
const [firstTemplate, ...moreTemplates] = (page?.blocks ?? [])
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => text)
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
const outputs = temporaryFolder()
const pageOfWeb = ['cat', '/proc/1/root/www/index.html']

test('every file and every command of the page is tried below', () => {
  expect(files.toSorted()).toEqual(['extra-route.yaml', 'packet-capture.yaml', 'trace.yaml'])
  expect([route, ...more, ...moreTemplates]).toEqual([expect.stringContaining('extra-route')])
})

describeWith(await findTaskImage(toolWork, testCluster()), 'tasks with privilege', (tools) => {
  let shell: Shell
  let pod = ''

  gatedNamespace(namespace, async () => {
    await servingDeployment(namespace)
    await apply(visitor())
    pod = (await podsOf(namespace, 'web'))[0] ?? ''
  })
  beforeAll(async () => {
    shell = shellIn(await environmentWithPlugin({ tcpdump: tools.programs.get('tcpdump') ?? '' }))
    const image = await loadTaskImage(testCluster(), tools)
    const texts = [firstTemplate ?? '', ...files.map((file) => readFileSync(join(folder, file), 'utf8'))]
    for (const text of texts) await applied('admin', templateIn(text, image))
    const command = ['sh', '-c', 'ip route; ip addr']
    const target = { kind: 'Deployment', name: 'web' }
    const own = { network: { command }, page: { command: pageOfWeb, runAsUser: 0 } }
    const mighty = { 'page-by-ptrace': { ...own.page, capabilities: ['SYS_PTRACE'] } }
    for (const [name, task] of Object.entries({ ...own, ...mighty }))
      await applied('admin', templateFile(namespace, name, { access: { task: { target, image, ...task } } }))
  })

  /** Lets alice type a command of the page, and bob approve the request that it makes. Resolves to its end. */
  async function done(command = 'false', template = ''): Promise<Ended & { readonly request: string }> {
    const before = new Set(await requestsOf(template))
    const typed = shell('alice', `cd ${outputs}; ${command.replaceAll('shop', namespace)}`)
    const request = await until('alice has asked', async () =>
      (await requestsOf(template)).find((name) => !before.has(name)),
    )
    await until('a digest', async () => (await storedRequest(namespace, request)).status?.shortDigest)
    const approved = await shell('bob', `kubectl access approve ${request} -n ${namespace} --yes`)
    expect(approved).toMatchObject({ code: 0 })
    expect(approved.stdout).toMatch(/privilege: +CAPABILITIES .*, user 0\n/)
    return { ...(await typed), request }
  }

  async function hashOf(request: string): Promise<string | undefined> {
    return (await storedRequest(namespace, request)).status?.task?.outputSHA256
  }

  /** Returns the routes and addresses of the pod, as a task without privilege reads them. */
  async function networkOfPod(): Promise<readonly string[]> {
    return (await shell('alice', `kubectl access task network -n ${namespace} --reason look`)).stdout.split('\n')
  }

  test('the first template of the page', async () => {
    const { code, stdout } = await shell('alice', (first ?? 'false').replaceAll('shop', namespace))

    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Max open files +\d+/m)])
  })

  test('a capture is a file with the packets of the pod, and all of it is hashed', async () => {
    const { code, stderr, request } = await done(capture, 'packet-capture')

    expect([code, stderr]).toEqual([0, expect.stringContaining('exit code 0')])
    const read = await shell('alice', `tcpdump -n -A -r ${join(outputs, 'web.pcap')}`)
    expect(read).toMatchObject({ code: 0 })
    expect(read.stdout).toContain('GET /seen HTTP/1.1')
    expect(read.stdout.match(/^\d\d:\d\d:\d\d\.\d+ .*\.8080\b/gm)).toHaveLength(20)
    const base64 = await shell('alice', `base64 ${join(outputs, 'web.pcap')}`)
    expect(createHash('sha256').update(base64.stdout).digest('hex')).toBe(await hashOf(request))
  })

  test('a capture without a packet is a file, too, once its seconds are over', async () => {
    const command = (capture ?? '').replace('port=8080', 'port=9').replace('seconds=30', 'seconds=1')
    expect(await done(command, 'packet-capture')).toMatchObject({ code: 0 })

    expect(await shell('alice', `tcpdump -r ${join(outputs, 'web.pcap')}`)).toMatchObject({ code: 0, stdout: '' })
  })

  test('a trace shows what the process does, and the process goes on', async () => {
    const { code, stdout, request } = await done(trace, 'trace')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^1 +\d\d:\d\d:\d\d\.\d+ \w+\(.*$/m)
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(await hashOf(request))
    const jsonpath = 'jsonpath={.status.containerStatuses[*].restartCount}'
    expect(await admin(['get', 'pod', pod, '-n', namespace, '-o', jsonpath])).toBe('0')
  })

  test('a trace of no process fails, and says so', async () => {
    const { code, stdout } = await done((trace ?? '').replace('pid=1', 'pid=4194304'), 'trace')

    expect([code, stdout]).toEqual([1, expect.stringContaining('No such process')])
  })

  test('files of a container with more capabilities are seen only with SYS_PTRACE', async () => {
    const seen = await shell('alice', `kubectl access task page-by-ptrace -n ${namespace} --reason look`)
    expect(seen).toMatchObject({ code: 0, stdout: 'inside\n' })
    const unseen = await shell('alice', `kubectl access task page -n ${namespace} --reason look`)
    expect(unseen).toMatchObject({ code: 1, stdout: expect.stringContaining('Permission denied') })
  })

  test('a route is in the table of the pod, and eth0 is as before', async () => {
    const before = await networkOfPod()
    const gateway = /^default via (\S+)/m.exec(before.join('\n'))?.[1] ?? ''

    const { code, request } = await done((route ?? '').replace('10.244.0.1', gateway), 'extra-route')

    expect(code).toBe(0)
    const after = await networkOfPod()
    expect(after.filter((line) => !before.includes(line))).toEqual([`192.168.7.0/24 via ${gateway} dev eth0 `])
    expect(before.filter((line) => !after.includes(line))).toEqual([])

    await shell('alice', `kubectl access revoke ${request} -n ${namespace}`)
    await until('the route is gone again', async () => (await networkOfPod()).every((line) => before.includes(line)))
  })

  test.each(['0.0.0.0/0', '192.168.7.0/0', '10.0.0.0/24', '192.168.256.0/24', '-6'])(
    'nobody adds a route to %s',
    async (network) => {
      const command = (route ?? '').replace('192.168.7.0/24', network).replaceAll('shop', namespace)

      expect((await shell('alice', command)).stderr).toContain('parameter network must match')
    },
  )
})

async function requestsOf(template: string): Promise<readonly string[]> {
  const list = JSON.parse(await admin(['get', 'areq', '-n', namespace, '-o', 'json'])) as { readonly items: File[] }
  const ofTemplate = (spec: { readonly templateRef?: { readonly name: string } }) => spec.templateRef?.name === template
  return list.items.filter(({ spec }) => ofTemplate(spec)).map(({ metadata }) => metadata.name)
}

function templateIn(text: string, image: string): File {
  return parse(text.replaceAll('shop', namespace).replace(/registry\.example\/task-tools@\S+/, image)) as File
}

/** Returns a pod that asks the Service `web` for a page, again and again. */
function visitor(): object {
  const command = ['sh', '-c', 'while :; do wget -q -O - "http://$WEB_SERVICE_HOST/seen"; sleep 0.2; done']
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'visitor', namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'app', image: testCluster().images.busybox, command }],
    },
  }
}
