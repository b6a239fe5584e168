import type { Client } from '../../src/cluster/client/client.ts'

export const webhookConfigurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'

/** Makes the API server call another port of this machine for the webhooks of a configuration. */
export async function setWebhookPort(admin: Client, configuration: string, port: number): Promise<void> {
  const path = `${webhookConfigurations}/${configuration}`
  const { webhooks } = (await admin.call(path)) as { webhooks: readonly Webhook[] }
  const moved = webhooks.map((webhook) => {
    const url = new URL(webhook.clientConfig.url)
    url.port = String(port)
    return { ...webhook, clientConfig: { ...webhook.clientConfig, url: url.href } }
  })
  const contentType = 'application/merge-patch+json'
  await admin.call(path, { method: 'PATCH', contentType, body: { webhooks: moved } })
}

interface Webhook {
  readonly clientConfig: { readonly url: string }
}
