import { BlockList, isIP } from 'node:net'

/**
 * The proxy that the environment names for a server with https, by the rules of Go (golang.org/x/net/http/httpproxy), so that the
 * way is kubectl's: HTTPS_PROXY, but for loopback and for what NO_PROXY lists as hosts, domains, addresses or networks.
 * @returns its URL; undefined where calls go straight
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
  // `.shop` and `*.shop` stand for what is below shop, `shop` for itself, too.
  const domain = name.replace(/^\*?\./, '')
  return host.endsWith(`.${domain}`) || (domain === name && host === name)
}

function withPort(exception: string): { readonly name: string; readonly port?: string } {
  if (isIP(exception)) return { name: exception }
  const [, name = exception, port] = /^(.*):(\d+)$/.exec(exception) ?? []
  return port === undefined ? { name: bare(name) } : { name: bare(name), port }
}

/** An IPv6 address without the brackets of a URL. */
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
