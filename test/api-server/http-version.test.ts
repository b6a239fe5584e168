import { expect, test } from '@jest/globals'
import { channel } from 'node:diagnostics_channel'
import type { TLSSocket } from 'node:tls'
import { createClient } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { thisCluster } from './this-cluster.ts'

// Under load Node's HTTP/2 session came into an endless loop that took all memory (src/cluster/kube-config/kube-config.ts), and the
// API server would speak it. The proxies of the other suites do not, so it is asked for here.
test('the API server is spoken to in HTTP/1.1', async () => {
  const protocols: unknown[] = []
  const onConnected = (message: unknown): void => {
    protocols.push((message as { socket: TLSSocket }).socket.alpnProtocol)
  }
  const connected = channel('undici:client:connected')
  connected.subscribe(onConnected)
  const client = createClient(connect(thisCluster().kubeconfig('admin')))

  await client.call('/version')
  connected.unsubscribe(onConnected)
  await client.close()

  expect(protocols).toHaveLength(1)
  expect(protocols).not.toContain('h2')
})
