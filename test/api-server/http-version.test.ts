import { expect, test } from '@jest/globals'
import { channel } from 'node:diagnostics_channel'
import type { TLSSocket } from 'node:tls'
import { createClient } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { thisCluster } from './this-cluster.ts'

// Under load, Node's HTTP/2 session got into an endless loop that took all memory: see
// src/cluster/kube-config/kube-config.ts. The API server offers HTTP/2, and the proxies of the other suites do not. So
// this suite checks it.
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
