import type { ConfigFile } from '../../../api/config/config.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { installation } from '../../../api/installation.ts'
import { clientConfigAt } from '../../../install/client-config.ts'
import { connectMatch, gateMatches } from '../../../install/gate-matches.ts'
import { differencesOf } from '../../../install/live-difference.ts'
import { concealed, webhooksOf } from '../../../install/secret-path.ts'
import { webhookConfigurations } from '../../../install/webhook-configuration.ts'
import type { GateConfiguration, LiveWebhook } from '../cluster-facts.ts'

/** The name of the gate's own webhook. */
export const gateName = connectMatch.name

/**
 * Returns the differences between the webhooks of the ways in and those that the config asks for, a sentence each. The
 * leader compares the others: nobody gets in without those.
 */
export function gateDifferences({ webhooks = [] }: GateConfiguration, config: ConfigFile): readonly string[] {
  const settings = { ...config, clientConfig: clientConfigAt({ calledAt: 'Service' }) }
  const wanted = webhookConfigurations(gateMatches(config), settings).flatMap(webhooksOf)
  const names = wanted.map(({ name }) => String(name))
  const found = webhooks.filter(({ name }) => names.includes(name))
  const asked = wanted.map((one) =>
    withClientConfigOf(
      one,
      found.find(({ name }) => name === one['name']),
    ),
  )
  const metadata = { name: installation.name, labels: {} }
  return [
    ...differencesOf({ apiVersion: '', kind: '', metadata, webhooks: asked }, { metadata, webhooks: found }),
    ...(config.webhooks.calledAt === 'Service' ? found.flatMap(elsewhere) : []),
  ]
}

/** The path is secret, and the leader chooses the CA. So both are as they are. */
function withClientConfigOf(wanted: object, live: LiveWebhook | undefined): object {
  return live ? { ...wanted, clientConfig: live.clientConfig } : wanted
}

function elsewhere({ name, clientConfig }: LiveWebhook): readonly string[] {
  const { service, url } = clientConfig ?? {}
  if (service?.name === installation.service && service.namespace === installation.namespace) return []
  const place =
    url === undefined ? `Service ${service?.namespace ?? ''}/${service?.name ?? ''}` : `URL ${concealed(url)}`
  return [`webhooks[${name}].clientConfig is ${place}, and should be the Service of Sallyport`]
}

/** Returns true if a call passes the gate while no replica answers. */
export function opensWhenDown(configuration: GateConfiguration): boolean {
  return webhooksOf(configuration).some(
    (one) => one['name'] === gateName && fieldsOf(one)['failurePolicy'] === 'Ignore',
  )
}
