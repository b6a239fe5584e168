import { expect } from '@jest/globals'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { access, deniedExec } from '../fixtures/access.ts'
import { gatedPod } from '../fixtures/gated-namespace.ts'
import { kubectl, kubectlOk, kubectlRefused } from '../fixtures/kubectl.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'subresources'
const testOnNode = testWithNode()
const attachPath = `/api/v1/namespaces/${namespace}/pods/web-0/attach?container=app&stdout=true`

const gate = gatedPod(namespace)

/** The first thing that kubectl port-forward says; it is ended then. */
function portForward(): Promise<string> {
  const cluster = testCluster()
  const args = [`--kubeconfig=${cluster.kubeconfig('alice')}`, 'port-forward', 'web-0', '-n', namespace, ':80']
  const child = spawn(cluster.kubectl, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        child.kill('SIGKILL')
        resolve(line)
      })
    }
  })
}

testOnNode('attach, port-forward and log work with an access that lists them, and it opens nothing else', async () => {
  await access(namespace, 'all', {
    exec: { pod: 'web-0', container: 'app', command: ['id'], subresources: ['attach', 'portforward', 'log'] },
  })

  expect(await portForward()).toMatch(/^Forwarding from 127\.0\.0\.1:\d+ -> 80$/)
  expect(await kubectlOk('alice', ['logs', 'web-0', '-n', namespace, '-c', 'app'])).toBe('')
  // Past RBAC and the gate: only the handshake is missing that kubectl attach would make.
  expect((await kubectl('alice', ['get', '--raw', attachPath])).stderr).toContain('Upgrade request required')
  expect(await deniedExec('alice', namespace, { command: ['ls'] })).toContain('(E_NOT_ASKED)')
  expect(
    gate()
      .decisions.filter(({ code }) => code === 'ACCESS')
      .map(({ resource }) => resource),
  ).toEqual(['pods/portforward', 'pods/attach'])
})

testOnNode('who has no such access is denied, also a cluster-admin, with what would allow it', async () => {
  const refusal = await kubectlRefused('admin', ['port-forward', 'web-0', '-n', namespace, ':80'])

  expect(refusal).toContain(`admin has no access to pods/portforward of pod ${namespace}/web-0 (E_NOT_LISTED)`)
  expect(refusal).toContain(
    `kubectl access request exec web-0 -n ${namespace} --subresource portforward --reason "…" -- COMMAND`,
  )
})
