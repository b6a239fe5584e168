import { beforeAll, describe, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest } from '../../src/api/manifest.ts'
import { loadOwnImage } from '../cluster/own-image.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { asFile, installManifest, uninstalled } from '../fixtures/installed.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'half'
const testOnNode = testWithNode()
const exec = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id']

// A whole installation is closed after some four seconds.
const watchedMs = 10_000
const everyMs = 250

beforeAll(async () => {
  if (testOnNode !== test) return
  await loadOwnImage(testCluster())
  await accessNamespace(namespace)
  await mayExec(namespace, 'alice')
  await runningPod(namespace, 'web-0')
})
inTheEnd(
  () => uninstalled(),
  () => admin(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']),
)

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`

// `npm run half-done` tries each object: this takes ten minutes. The others only give something to people.
const isTriedAlways = (object: Manifest): boolean =>
  !['Namespace', 'PodDisruptionBudget'].includes(object.kind) &&
  (process.env['SALLYPORT_EACH_OBJECT'] !== undefined ||
    ['Service', 'ServiceAccount', 'ConfigMap', 'Role', 'RoleBinding', 'PriorityClass'].includes(object.kind) ||
    ['ClusterRole sallyport', 'ClusterRoleBinding sallyport', 'ClusterRole sallyport-self-check'].includes(
      nameOf(object),
    ) ||
    object.metadata.name === 'accessrequests.access.sallyport.dev')

describe('an installation without one of its objects closes the cluster only with our text', () => {
  testOnNode.each(installManifest().filter(isTriedAlways).map(nameOf))(
    'without %s',
    async (name) => {
      const rest = installManifest().filter((object) => nameOf(object) !== name)
      // The API server may refuse an object that needs the missing one.
      await kubectl('admin', ['apply', '-f', '-'], asFile(rest))

      const refusals = await seenRefusals()

      expect(refusals.filter((text) => !text.includes('(E_NO_PASS)'))).toEqual([])
      await uninstalled()
    },
    120_000,
  )
})

/** Tries an exec again and again, and returns the texts with which it was refused. */
async function seenRefusals(): Promise<readonly string[]> {
  const texts = new Set<string>()
  const end = performance.now() + watchedMs
  while (performance.now() < end) {
    const { code, stderr } = await kubectl('alice', exec)
    if (code !== 0) texts.add(stderr)
    await sleep(everyMs)
  }
  return [...texts]
}
