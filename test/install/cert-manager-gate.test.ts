import { afterAll, beforeAll, expect } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import type { Manifest } from '../../src/api/manifest.ts'
import { findCertManager } from '../cluster/cert-manager.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { startCertManager } from '../fixtures/cert-manager.ts'
import { gatePods, home, untilRolledOut } from '../fixtures/gate-pods.ts'
import {
  applyCertificates,
  installed,
  installManifest,
  renderedObjects,
  untilTrusted,
  type Installed,
} from '../fixtures/installed.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { startLoad, type SteadyLoad } from '../fixtures/steady-load.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'issued-gate'
const pod = 'web-0'
const secret = 'sallyport-cert-manager'
const testOnNode = testWithNode()
// The kubelet of a test cluster brings a changed Secret to a pod within some ten seconds, another within ninety.
const mountedWithinMs = 150_000

describeWith(await findCertManager(toolWork), 'the gate with a certificate of cert-manager', (tool) => {
  let running: AsyncDisposable | undefined
  let sallyport: Installed | undefined
  let people: People | undefined
  const loads: SteadyLoad[] = []
  let issued: readonly Manifest[]

  beforeAll(async () => {
    running = await startCertManager(tool)
    const rendered = await admin(['kustomize', 'manifests/overlays/cert-manager'])
    issued = renderedObjects(rendered)
    sallyport = await installed(issued)
    await untilRolledOut()
    await accessNamespace(namespace)
    await mayExec(namespace, 'alice')
    people = await peopleOf(namespace)
    await people.access(pod)
  })

  afterAll(async () => {
    await Promise.all(loads.map((load) => load.stop()))
    await people?.[Symbol.asyncDispose]()
    await admin(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false'])
    await sallyport?.uninstall()
    await running?.[Symbol.asyncDispose]()
  })

  testOnNode('its CA injector keeps caBundle, and the API server trusts the gate', async () => {
    const read = ['get', 'validatingwebhookconfiguration', 'sallyport', '-o']
    const caBundle = await admin([...read, 'jsonpath={.webhooks[0].clientConfig.caBundle}'])

    expect(caBundle).toBe(await inSecret(String.raw`ca\.crt`))
    expect(await people?.exec(pod)).toMatchObject({ letIn: true })
  })

  testOnNode(
    'a change to a CA of its own and back: no call fails, and the CA injector has caBundle only while all serve its CA',
    async () => {
      const load = startLoad({ namespace, pod })
      loads.push(load)
      await applyCertificates(installManifest())
      await untilRolledOut()
      const own = await untilTrusted(() => inSecret(String.raw`ca\.crt`, 'sallyport-ca'))
      await applyCertificates(issued)
      await untilRolledOut()
      const injected = await untilTrusted(() => inSecret(String.raw`ca\.crt`))
      await load.stop()

      console.log(`${load.calls()} calls, ${load.failed().length} failed`)
      expect(load.failed()).toEqual([])
      expect(own).toEqual([{}, {}])
      const annotation = { 'cert-manager.io/inject-ca-from': `${home}/sallyport` }
      expect(injected).toEqual([annotation, annotation])
    },
    400_000,
  )

  testOnNode(
    'a renewal, a deleted Secret and a broken Issuer: no call fails, and the replicas serve what is right',
    async () => {
      const load = startLoad({ namespace, pod })
      loads.push(load)
      const first = await inSecret(String.raw`tls\.crt`)
      await renew()
      const second = await until('another certificate', () => other(first), 60_000)
      await admin(['delete', 'secret', secret, '-n', home])
      const third = await until('a certificate in a new Secret', () => other(second), 60_000)
      await until('each replica serves it', () => eachReloaded(third), mountedWithinMs)

      const ca = { secretName: 'none' }
      await apply({
        apiVersion: 'cert-manager.io/v1',
        kind: 'Issuer',
        metadata: { name: 'sallyport', namespace: home },
        spec: { ca },
      })
      await renew()
      await admin(['wait', '--for=condition=Ready=false', 'issuer/sallyport', '-n', home, '--timeout=60s'])
      const calls = load.calls()
      await until('100 more calls', () => load.calls() >= calls + 100, 60_000)
      await load.stop()

      expect(load.failed()).toEqual([])
      expect(await inSecret(String.raw`tls\.crt`)).toBe(third)
    },
    400_000,
  )
})

/** Asks cert-manager for another certificate, as its command line does. */
async function renew(): Promise<void> {
  const condition = { type: 'Issuing', status: 'True', reason: 'ManuallyTriggered', message: 'renewed by a test' }
  const patch = JSON.stringify({ status: { conditions: [condition] } })
  await admin(['patch', 'certificate', 'sallyport', '-n', home, '--subresource=status', '--type=merge', '-p', patch])
}

function inSecret(key: string, of = secret): Promise<string> {
  return admin(['get', 'secret', of, '-n', home, '--ignore-not-found', '-o', `jsonpath={.data.${key}}`])
}

async function other(than: string): Promise<string | undefined> {
  const now = await inSecret(String.raw`tls\.crt`)
  return now === '' || now === than ? undefined : now
}

/** Returns true once the log of each replica has the end of this certificate. */
async function eachReloaded(certificate: string): Promise<boolean> {
  const { validTo } = new X509Certificate(Buffer.from(certificate, 'base64'))
  const logs = await Promise.all((await gatePods()).map(({ name }) => admin(['logs', name, '-n', home])))
  return logs.every((log) => log.includes(`"expires":"${validTo}","msg":"certificate reloaded"`))
}
