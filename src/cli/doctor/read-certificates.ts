import { X509Certificate } from 'node:crypto'
import { certificateBlock } from '../../../certs/ca-bundle.ts'
import type { ConfigFile } from '../../api/config/config.ts'
import { fieldsOf } from '../../api/fields.ts'
import { installation } from '../../api/installation.ts'
import { resources } from '../../cluster/client/resources.ts'
import { itemsOf } from '../../provision/shell/template/fields.ts'
import type { Certificate, Deployment, GateConfiguration } from './cluster-facts.ts'
import type { Parts } from './reading.ts'

interface Sources {
  readonly config: ConfigFile | undefined
  readonly gate: GateConfiguration | 'absent' | undefined
  readonly deployment: Deployment | 'absent' | undefined
}

/** Reads the CAs that the API server trusts, and the certificates that the replicas serve. */
export async function readCertificates(parts: Parts, sources: Sources): Promise<readonly Certificate[]> {
  const webhooks = sources.gate === 'absent' ? [] : (sources.gate?.webhooks ?? [])
  const bundles = new Set(webhooks.map(({ clientConfig }) => clientConfig?.caBundle ?? ''))
  const trusted = [...bundles].flatMap((bundle) => newestOf('caBundle of the gate', decoded(bundle)))
  const served = await Promise.all(secretsOf(sources).map((secret) => readServed(parts, secret)))
  return [...trusted, ...served.flat()]
}

/** Returns the Secrets that may have the certificate: Sallyport's own, or those that the Deployment mounts. */
function secretsOf({ config, deployment }: Sources): readonly string[] {
  if (config?.tls.certFile === undefined) return [installation.tlsSecret]
  const podSpec = fieldsOf(fieldsOf(fieldsOf(fieldsOf(deployment)['spec'])['template'])['spec'])
  return itemsOf(podSpec['volumes']).flatMap(({ secret }) => {
    const { secretName } = fieldsOf(secret)
    return typeof secretName === 'string' ? [secretName] : []
  })
}

async function readServed({ client, reading }: Parts, name: string): Promise<readonly Certificate[]> {
  const { namespace } = installation
  const title = `Secret ${namespace}/${name}`
  const found = await reading.part(
    title,
    client.get(resources.Secret, { namespace, name }).then((one) => one ?? {}),
  )
  const data = fieldsOf(fieldsOf(found)['data'])['tls.crt']
  return typeof data === 'string' ? newestOf(title, decoded(data)) : []
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

/** Returns the certificate of a PEM text that lasts longest: while a CA is replaced, a bundle has the old one, too. */
function newestOf(where: string, pem: string): readonly Certificate[] {
  const all = [...pem.matchAll(certificateBlock)].map(([text]) => {
    const { validFromDate, validToDate } = new X509Certificate(text)
    return { where, from: validFromDate.getTime(), until: validToDate.getTime() }
  })
  return all.toSorted((a, b) => b.until - a.until).slice(0, 1)
}
