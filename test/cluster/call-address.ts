import { isIP } from 'node:net'

/** The address where an API server calls this machine, and where a process must listen to be reached there. */
export interface CallAddress {
  /** An IP address or a DNS name. */
  readonly calledHost: string
  readonly listenHost: string
  /** The port. If undefined, any free port will do. */
  readonly port?: number
  /** A text for a human that says how the address was found. */
  readonly because: string
}

/** The known facts about the way from an API server to this machine. */
export interface Surroundings {
  /** The host of the API server's URL. */
  readonly server: string
  /** The addresses of this machine's interfaces. */
  readonly own: readonly string[]
  /**
   * This machine's address as seen by the container that publishes the API server's port. Undefined without this
   * container.
   */
  readonly fromContainer?: string | undefined
  /** This machine's end of a connection to the API server. */
  readonly ourEnd: string
}

const loopback = '127.0.0.1'

/** Decides where an API server can call this machine, if the user did not say it. */
export function callAddress({ server, own, fromContainer, ourEnd }: Surroundings): CallAddress {
  if (fromContainer !== undefined) {
    // Docker Desktop leads this address to the machine's loopback, but the machine itself does not have it.
    const listenHost = own.includes(fromContainer) ? fromContainer : loopback
    return { calledHost: fromContainer, listenHost, because: 'the container of the API server sees this machine there' }
  }
  if (isLoopback(server) || own.includes(server)) {
    return { calledHost: loopback, listenHost: loopback, because: 'the API server runs on this machine' }
  }
  return { calledHost: ourEnd, listenHost: ourEnd, because: 'this is our end of a connection to the API server' }
}

/**
 * Reads the address that the user named, as HOST or HOST:PORT.
 * @throws Error if it is neither
 */
export function namedCallAddress(text: string, own: readonly string[]): CallAddress {
  const { host, port } = hostAndPort(text)
  // A forwarder may send calls to any address of ours.
  const listenHost = own.includes(host) ? host : '::'
  return { calledHost: host, listenHost, ...(port !== undefined && { port }), because: 'it was named' }
}

function hostAndPort(text: string): { host: string; port?: number } {
  if (isIP(text) !== 0) return { host: text }
  const [, host = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(text) ?? []
  const isHost = isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)
  const number = Number(port ?? 1)
  if (!isHost || number < 1 || number > 65_535) {
    throw new Error(
      `${text} is not an address to call: it looks like gate.example, 192.0.2.7:8443 or [2001:db8::7]:8443`,
    )
  }
  return { host, ...(port !== undefined && { port: number }) }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}

/**
 * The command that kind's own entrypoint uses to find the address of the machine. It prints the IPv4 address of
 * host.docker.internal, which Docker Desktop and similar programs know, and the default route.
 */
export const hostQuestion = 'timeout 5 getent ahostsv4 host.docker.internal; ip -4 route show default'

/** Reads the answer to `hostQuestion`. */
export function hostInAnswer(answer: string): string | undefined {
  const [, named] = /^(\d+(?:\.\d+){3})\s+STREAM\b/m.exec(answer) ?? []
  const [, route] = /^default via (\d+(?:\.\d+){3})\b/m.exec(answer) ?? []
  return named !== undefined && !isLoopback(named) ? named : route
}
