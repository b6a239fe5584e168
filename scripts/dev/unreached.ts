import { concealed } from '../../src/install/secret-path.ts'
import type { CallAddress } from '../../test/cluster/call-address.ts'

/** Tells the reader how to let the API server reach the gate. */
export function unreached({ calledHost, listenHost, because }: CallAddress, port: number, said: string): string {
  return [
    `the API server does not reach the gate at ${calledHost}, port ${port}. It says: ${concealed(said)}`,
    `This address was taken since ${because}. The gate listens at ${listenHost}.`,
    'If a firewall of this machine (ufw, firewalld) drops what comes from containers or from the network, let it in: the option',
    '  --called-at HOST:PORT takes a fixed port, for which a rule can be made.',
    'If the API server reaches this machine elsewhere (rootless Docker, a tunnel, a translated address), --called-at says where.',
    'If it reaches this machine nowhere, use a cluster on this machine: npm run cluster -- up',
  ].join('\n')
}
