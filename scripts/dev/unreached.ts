import { concealed } from '../../src/install/secret-path.ts'
import type { CallAddress } from '../../test/cluster/call-address.ts'

/** Returns a text that tells the reader how to let the API server reach the gate. */
export function unreached({ calledHost, listenHost, because }: CallAddress, port: number, said: string): string {
  return [
    `the API server does not reach the gate at ${calledHost}, port ${port}. It says: ${concealed(said)}`,
    `This address was chosen because ${because}. The gate listens at ${listenHost}.`,
    'If a firewall of this machine (ufw, firewalld) drops calls from containers or from the network, let them in: the option',
    '  --called-at HOST:PORT sets a fixed port, for which you can make a rule.',
    'If the API server reaches this machine at another address (rootless Docker, a tunnel, NAT), name it with --called-at.',
    'If it cannot reach this machine at all, use a cluster on this machine: npm run cluster -- up',
  ].join('\n')
}
