import { installation } from './names.ts'

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

export type CalledAt =
  { readonly calledAt: 'Service' } | { readonly calledAt: 'Address'; readonly host: string; readonly port: number }

const servicePort = 443

/** @param caBundle PEM in base64; left out, whoever installs it fills it in */
export function clientConfigAt(at: CalledAt, caBundle?: string): (path: string) => ClientConfig {
  const { namespace, service: name } = installation
  const trust = { ...(caBundle !== undefined && { caBundle }) }
  if (at.calledAt === 'Service') return (path) => ({ service: { namespace, name, path, port: servicePort }, ...trust })
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  return (path) => ({ url: `https://${host}:${at.port}${path}`, ...trust })
}
