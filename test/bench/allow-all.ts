import { createAuthority, issueLeaf } from '../../certs/authority.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { connectMatch } from '../../src/install/gate-matches.ts'
import { calledHost, listenHost } from '../fixtures/this-machine.ts'
import { namespaces } from './places.ts'
import { startBareServer } from './start-bare-server.ts'
import { webhookConfigurations } from './webhook-url.ts'

/** The webhook that costs least: it shows the price of being asked at all. */
export interface AllowAll {
  /** The name of the configuration, and of the one webhook in it. */
  readonly name: string
  readonly port: number
}

const name = 'allow-all.bench.sallyport.dev'
const validity = { from: new Date(), days: 1 }

/** Starts it and registers it for its namespace. */
export async function allowAll(admin: Client, cleanup: AsyncDisposableStack): Promise<AllowAll> {
  const authority = await createAuthority('bench CA', validity)
  const leaf = await issueLeaf(authority, [calledHost()], validity)
  const port = await startBareServer({ ...leaf, host: listenHost() }, cleanup)
  const path = `${webhookConfigurations}/${name}`
  await admin.call(path, { method: 'DELETE' }).catch(() => undefined)
  await admin.call(webhookConfigurations, {
    method: 'POST',
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name },
      webhooks: [
        {
          name,
          rules: connectMatch.rules,
          clientConfig: {
            url: `https://${calledHost()}:${port}/`,
            caBundle: Buffer.from(authority.cert).toString('base64'),
          },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          timeoutSeconds: connectMatch.timeoutSeconds,
          admissionReviewVersions: ['v1'],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespaces.allowAll } },
        },
      ],
    },
  })
  cleanup.defer(async () => {
    await admin.call(path, { method: 'DELETE' })
  })
  return { name, port }
}
