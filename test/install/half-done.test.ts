import { beforeAll, describe, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Manifest } from '../../src/api/manifest.ts'
import { loadOwnImage } from '../cluster/own-image.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { asFile, installManifest, uninstalled, withConfig } from '../fixtures/installed.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'half'
const testOnNode = testWithNode()
const exec = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id']

// A whole installation is closed after some five seconds.
const watchedMs = 8_000
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
const isKind = ({ kind }: Manifest): boolean => kind === 'CustomResourceDefinition'

// Without a drain, a case takes half the time.
const whole = withConfig(installManifest(), { drainDelay: '0s' })

// The leader or the API server needs these at once. With SALLYPORT_EACH_OBJECT, all are tried, in ten minutes.
const triedAlways = [
  'ClusterRole sallyport',
  'ClusterRole sallyport-self-check',
  'ConfigMap sallyport-config',
  'CustomResourceDefinition accessrequests.access.sallyport.dev',
  'Role sallyport',
  'Service sallyport',
]
const tried = whole
  .filter(({ kind }) => kind !== 'Namespace')
  .map(nameOf)
  .filter((name) => process.env['SALLYPORT_EACH_OBJECT'] !== undefined || triedAlways.includes(name))

describe('an installation without one of its objects closes the cluster only with our text', () => {
  testOnNode.each(tried)(
    'without %s',
    async (name) => {
      const isMissing = (object: Manifest): boolean => nameOf(object) === name
      await deleted(whole.filter(isMissing))
      // The API server may refuse an object that needs the missing one.
      await kubectl('admin', ['apply', '-f', '-'], asFile(whole.filter((object) => !isMissing(object))))

      const refusals = await seenRefusals()

      expect(refusals.filter((text) => !text.includes('(E_NO_PASS)'))).toEqual([])
      // The kinds and the namespace stay: to delete them takes long.
      await uninstalled(whole.filter((object) => !isKind(object) && object.kind !== 'Namespace'))
    },
    120_000,
  )
})

async function deleted(objects: readonly Manifest[]): Promise<void> {
  await admin(['delete', '--ignore-not-found', '-f', '-'], asFile(objects))
}

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
