import { afterAll, beforeAll, expect } from '@jest/globals'
import { stringify } from 'yaml'
import { findHelm } from '../cluster/helm.ts'
import { loadOwnImage, ownImage } from '../cluster/own-image.ts'
import { helmAt } from '../fixtures/helm.ts'
import { makeHome, removeKinds } from '../fixtures/home.ts'
import { admin, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const folder = temporaryFolder()
const namespace = 'chart-gate'
const release = ['sallyport', 'manifests/chart', '--namespace', 'guard', '--wait', '--timeout', '90s', '--values', '-']
const exec = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id']
const testOnNode = testWithNode()
const [, repository, tag] = /^(.*):(.*)$/.exec(ownImage(testCluster())) ?? []
const image = { repository, tag }

describeWith(await findHelm(toolWork), 'a gate that real Helm installs', ({ path }) => {
  const helm = helmAt(path, folder)

  beforeAll(async () => {
    await loadOwnImage(testCluster())
    await removeKinds()
    await admin(['create', 'namespace', namespace])
    await mayExec(namespace, 'alice')
    await runningPod(namespace, 'web-0')
  })
  afterAll(async () => {
    await helm.run(['uninstall', 'sallyport', '--namespace', 'guard', '--wait', '--timeout', '90s'])
    await admin(['delete', 'namespace', 'guard', namespace, '--ignore-not-found'])
    await makeHome()
  })

  testOnNode('stops an exec by our text, in a namespace of its own', async () => {
    const begun = performance.now()
    await helm.ok(['install', ...release, '--create-namespace'], stringify({ image }))
    const denial = await until('an exec is stopped', refusal)

    console.log(`from helm install to a stopped exec: ${((performance.now() - begun) / 1_000).toFixed(1)} s`)
    expect(denial).toContain('(E_NO_PASS)')
  })

  testOnNode('stays closed through an upgrade and a rollback, which both hold', async () => {
    const hint = 'Ask in #platform'
    await closedDuring(() => helm.ok(['upgrade', ...release], stringify({ image, config: { denialHint: hint } })))
    await until('the hint is in a denial', async () => (await refusal())?.includes(hint))

    await closedDuring(() => helm.ok(['rollback', 'sallyport', '1', '--namespace', 'guard', '--wait']))
    await until('the hint is gone', async () => !(await refusal())?.includes(hint))
  })

  testOnNode('opens the cluster when it is uninstalled', async () => {
    await helm.ok(['uninstall', 'sallyport', '--namespace', 'guard', '--wait', '--timeout', '90s'])

    const said = await until('an exec works', async () => {
      const { code, stdout } = await kubectl('alice', exec)
      return code === 0 ? stdout : undefined
    })
    expect(said).toContain('uid=')
    const kinds = 'validatingwebhookconfigurations,mutatingwebhookconfigurations,customresourcedefinitions,clusterroles'
    expect(await admin(['get', kinds, '-l', 'app.kubernetes.io/part-of=sallyport', '-o', 'name'])).toBe('')
    expect(await kubectlOk('alice', exec)).toContain('uid=')
  })
})

async function refusal(): Promise<string | undefined> {
  const { code, stderr } = await kubectl('alice', exec)
  return code === 0 ? undefined : stderr
}

/** Tries an exec again and again while something changes. Each is refused by our text. */
async function closedDuring(change: () => Promise<unknown>): Promise<void> {
  const texts: string[] = []
  const state = { isOver: false }
  const changing = change().finally(() => {
    state.isOver = true
  })
  while (!state.isOver) texts.push((await refusal()) ?? 'it was let in')
  await changing
  expect(texts.filter((text) => !text.includes('(E_NO_PASS)'))).toEqual([])
}
