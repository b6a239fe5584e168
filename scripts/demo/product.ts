import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { installation } from '../../src/api/installation.ts'
import type { Cluster } from '../../test/cluster/cluster.ts'
import { loadOwnImage } from '../../test/cluster/own-image.ts'
import { imageReference } from '../image/image-config.ts'
import { indented, readKubectl } from './kubectl.ts'

const manifest = 'manifests/install.yaml'
const closedWithinMs = 120_000
const pollMs = 100

/**
 * Installs Sallyport as an administrator does, and waits until the API server asks it.
 * @throws Error if it is installed already: the demo would remove it at its end
 */
export async function installProduct(cluster: Cluster): Promise<void> {
  const before = ['get', 'clusterrole', installation.name, '--ignore-not-found', '-o', 'name']
  if ((await readKubectl(cluster, 'admin', before)) !== '') {
    throw new Error('Sallyport is installed in this cluster already. Use another one: npm run cluster -- up')
  }
  say('making the image of this checkout, and loading it into the node')
  const image = await loadOwnImage(cluster)
  const objects = readFileSync(manifest, 'utf8').replaceAll(`image: ${imageReference}\n`, `image: ${image}\n`)
  const begun = performance.now()
  say(`admin$ kubectl apply -f ${manifest}`)
  const applied = await readKubectl(cluster, 'admin', ['apply', '-f', '-'], objects)
  say(`${applied.trimEnd().split('\n').length} objects; the leader closes the gate once the API server reaches it`)
  while (!(await isClosed(cluster))) {
    if (performance.now() - begun > closedWithinMs) throw new Error(await whyOpen(cluster))
    await sleep(pollMs)
  }
  say(`the gate is closed ${((performance.now() - begun) / 1_000).toFixed(1)} s after the apply`)
}

/** Removes all that was installed. */
export async function removeProduct(cluster: Cluster): Promise<void> {
  say(`admin$ kubectl delete --ignore-not-found -f ${manifest}`)
  await readKubectl(cluster, 'admin', ['delete', '--ignore-not-found', '-f', manifest])
}

async function isClosed(cluster: Cluster): Promise<boolean> {
  const args = ['get', 'validatingwebhookconfiguration', installation.name, '--ignore-not-found', '-o', 'name']
  return (await readKubectl(cluster, 'admin', args)) !== ''
}

/** Returns what the pods of the gate and their log say. */
async function whyOpen(cluster: Cluster): Promise<string> {
  const inside = ['-n', installation.namespace]
  const pods = await readKubectl(cluster, 'admin', ['get', 'pods', ...inside, '-o', 'wide'])
  const log = await readKubectl(cluster, 'admin', ['logs', `deployment/${installation.name}`, ...inside, '--tail=20'])
  return `the gate did not close within ${closedWithinMs / 1_000} s:\n${pods}\n${log}`
}

function say(line: string): void {
  console.log(indented(line))
}
