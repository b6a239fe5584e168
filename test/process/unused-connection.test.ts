import { expect, test } from '@jest/globals'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { startGateProcess } from '../fixtures/gate-process.ts'

// Go's transport dials one more when all are busy, and may then not need it: 20 execs at once leave such connections.
// The API server closes them after 90 s.
test('a connection that has carried no request does not hold up the end', async () => {
  await using gate = await startGateProcess({ drainDelay: '10ms' })
  const { port, hostname } = new URL(gate.url)
  const unused = connect({ port: Number(port), host: hostname, ca: gate.ca })
  await once(unused, 'secureConnect')
  const giveUp = setTimeout(() => unused.destroy(), 10_000)
  const began = Date.now()

  gate.signal('SIGTERM')
  await gate.ended
  clearTimeout(giveUp)

  expect(Date.now() - began).toBeLessThan(5_000)
})
