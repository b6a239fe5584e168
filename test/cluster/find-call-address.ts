import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { callAddress, hostInAnswer, hostQuestion, isLoopback, type CallAddress } from './call-address.ts'
import { askDocker } from './docker.ts'
import { onPath } from './node-tools.ts'

// By then there is a TCP connection, or a firewall drops it.
const connectTimeoutMs = 10_000

/** Finds out where the API server of that URL can call this machine. */
export async function findCallAddress(serverUrl: string): Promise<CallAddress> {
  const { hostname, port } = new URL(serverUrl)
  const server = hostname.replace(/^\[|\]$/g, '')
  const fromContainer = isLoopback(server) ? await hostSeenFromPublisher(Number(port || 443)) : undefined
  const ourEnd = await ownEndTo(server, Number(port || 443))
  return callAddress({ server, own: ownAddresses(), fromContainer, ourEnd })
}

/** Returns the addresses of this machine's interfaces. */
export function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
}

/**
 * Returns this machine's address as a container sees it that publishes this port. The API servers of kind, k3d and
 * minikube run in one.
 */
async function hostSeenFromPublisher(port: number): Promise<string | undefined> {
  if (onPath('docker') === undefined) return undefined
  try {
    const [id] = (await askDocker(['ps', '--filter', `publish=${port}`, '--format', '{{.ID}}'])).split('\n')
    if (!id) return undefined
    return (await hostSeenFrom(id)) ?? (await gatewayOf(id))
  } catch {
    return undefined // No Docker answers, so no container publishes the port.
  }
}

/** Returns this machine's address as a container sees it. */
async function hostSeenFrom(container: string): Promise<string | undefined> {
  // If a program that the question needs is missing, the other half of the answer may still come.
  const answer = await askDocker(['exec', container, 'sh', '-c', `${hostQuestion}; true`]).catch(() => '')
  return hostInAnswer(answer)
}

async function gatewayOf(container: string): Promise<string | undefined> {
  const format = '{{range .NetworkSettings.Networks}}{{.Gateway}}{{"\\n"}}{{end}}'
  const gateways = (await askDocker(['inspect', '--format', format, container])).split('\n')
  return gateways.find((gateway) => gateway !== '')
}

async function ownEndTo(host: string, port: number): Promise<string> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectTimeoutMs) })
    return socket.localAddress ?? ''
  } catch (error) {
    throw new Error(`the API server at ${host}:${port} does not answer`, { cause: error })
  } finally {
    socket.destroy()
  }
}
