import { installation } from '../api/installation.ts'
import { servicePort } from './deployed/service.ts'

/** The clientConfig of a webhook: the API server reaches the webhook by it. */
export type ClientConfig = { readonly caBundle?: string } & (
  | { readonly url: string }
  | {
      readonly service: {
        readonly namespace: string
        readonly name: string
        readonly path: string
        readonly port: number
      }
    }
)

/**
 * The place at which the API server calls. For an address it has the host and port where the gate listens. `calledHost`
 * and `calledPort` are there if the API server sees others.
 */
export type CalledAt =
  | { readonly calledAt: 'Service' }
  | {
      readonly calledAt: 'Address'
      readonly host: string
      readonly port: number
      readonly calledHost?: string
      readonly calledPort?: number
    }

/** @param caBundle the CAs, as PEM in base64. Left out: the installer fills them in. */
export function clientConfigAt(at: CalledAt, caBundle?: string): (path: string) => ClientConfig {
  const { namespace, service: name } = installation
  const trust = { ...(caBundle !== undefined && { caBundle }) }
  if (at.calledAt === 'Service') return (path) => ({ service: { namespace, name, path, port: servicePort }, ...trust })
  const { calledHost = at.host, calledPort = at.port } = at
  const host = calledHost.includes(':') ? `[${calledHost}]` : calledHost
  return (path) => ({ url: `https://${host}:${calledPort}${path}`, ...trust })
}

/** Returns the hosts at which the API server calls: a certificate must name each of them. */
export function calledHosts(at: CalledAt): readonly string[] {
  const service = `${installation.service}.${installation.namespace}.svc`
  const others = at.calledAt === 'Address' ? [at.calledHost ?? at.host] : []
  return [service, `${service}.cluster.local`, ...others]
}
