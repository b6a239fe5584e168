import { installation } from '../api/installation.ts'

/** How the API server reaches a webhook. */
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

/** Where the API server calls: for an address, where the gate listens, and what is otherwise as the API server sees it. */
export type CalledAt =
  | { readonly calledAt: 'Service' }
  | {
      readonly calledAt: 'Address'
      readonly host: string
      readonly port: number
      readonly calledHost?: string
      readonly calledPort?: number
    }

const servicePort = 443

/** @param caBundle PEM in base64; left out, whoever installs it fills it in */
export function clientConfigAt(at: CalledAt, caBundle?: string): (path: string) => ClientConfig {
  const { namespace, service: name } = installation
  const trust = { ...(caBundle !== undefined && { caBundle }) }
  if (at.calledAt === 'Service') return (path) => ({ service: { namespace, name, path, port: servicePort }, ...trust })
  const { calledHost = at.host, calledPort = at.port } = at
  const host = calledHost.includes(':') ? `[${calledHost}]` : calledHost
  return (path) => ({ url: `https://${host}:${calledPort}${path}`, ...trust })
}
