import { createServer, getCACertificates, setDefaultCACertificates, type Server, type TLSSocket } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createClient } from '../../../../src/cluster/client/client.ts'
import { connect } from '../../../../src/cluster/kube-config/kube-config.ts'
import { calleeFiles } from '../../../fixtures/callee-files.ts'
import { writeKubeconfig } from '../../../fixtures/kubeconfig-file.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const trusted = getCACertificates('default')
const spoken: (string | false | null)[] = []
let proxy: Server

beforeAll(async () => {
  const { pair, ca } = await calleeFiles(folder, 'proxy')
  proxy = createServer({ ...pair, ALPNProtocols: ['h2', 'http/1.1'] }, (socket: TLSSocket) => {
    spoken.push(socket.alpnProtocol)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  // A kubeconfig cannot name the CA of a proxy. Users put it into the system.
  setDefaultCACertificates([...trusted, ca])
})
afterAll(() => {
  setDefaultCACertificates(trusted)
  proxy.close()
})

test('no HTTP/2 is spoken with a proxy that would rather have it', async () => {
  const { port } = proxy.address() as AddressInfo
  const cluster = { server: 'https://shop.example.invalid:6443', 'proxy-url': `https://127.0.0.1:${port}` }
  const file = writeKubeconfig(join(folder, 'proxied.yaml'), cluster, { token: 'none' })
  const client = createClient(connect(file))

  await expect(client.call('/version')).rejects.toThrow(/502/)

  await client.close()
  expect(spoken).not.toHaveLength(0)
  expect(spoken).not.toContain('h2')
})
