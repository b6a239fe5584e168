import { BlockList, isIP } from 'node:net'

/**
 * Returns the URL of the proxy that the environment names for a server with https; undefined if calls go straight.
 * The rules are those of Go (golang.org/x/net/http/httpproxy), so that calls go the same way as kubectl's. HTTPS_PROXY
 * counts, except for loopback and for the hosts, domains, addresses and networks in NO_PROXY.
 */
export function environmentProxy(server: URL, env: NodeJS.ProcessEnv): string | undefined {
  const proxy = env['HTTPS_PROXY'] || env['https_proxy']
  if (!proxy) return undefined
  const host = bare(server.hostname.toLowerCase())
  if (host === 'localhost' || isLoopback(host)) return undefined
  const exceptions = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map((one) => one.trim().toLowerCase())
  const port = server.port || '443'
  if (exceptions.some((exception) => isExcept(exception, host, port))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isExcept(exception: string, host: string, port: string): boolean {
  if (exception === '') return false
  if (exception === '*') return true
  if (exception.includes('/')) return isWithin(host, exception)
  const { name, port: onPort } = withPort(exception)
  if (onPort !== undefined && onPort !== port) return false
  if (isIP(name)) return name === host
  // `.shop` and `*.shop` stand for the domains below shop; `shop` stands for itself, too.
  const domain = name.replace(/^\*?\./, '')
  return host.endsWith(`.${domain}`) || (domain === name && host === name)
}

function withPort(exception: string): { readonly name: string; readonly port?: string } {
  if (isIP(exception)) return { name: exception }
  const [, name = exception, port] = /^(.*):(\d+)$/.exec(exception) ?? []
  return port === undefined ? { name: bare(name) } : { name: bare(name), port }
}

/** Takes the brackets of a URL off an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

function isLoopback(host: string): boolean {
  return isWithin(host, '127.0.0.0/8') || isWithin(host, '::1/128')
}

function isWithin(host: string, network: string): boolean {
  const [address = '', prefix = ''] = network.split('/')
  const version = isIP(host)
  const length = Number(prefix)
  if (version === 0 || isIP(address) !== version || !/^\d+$/.test(prefix) || length > (version === 4 ? 32 : 128))
    return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, length, family)
  return list.check(host, family)
}
