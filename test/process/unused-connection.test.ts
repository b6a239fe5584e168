import { expect, test } from '@jest/globals'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect } from 'node:tls'
import { startGateProcess } from '../fixtures/gate-process.ts'
import { until } from '../fixtures/until.ts'

// When all connections are busy, Go's transport dials one more, and may then not need it. 20 execs at once leave such
// connections. The API server closes them after 90 s.
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

// Otherwise any caller that reaches the port could keep a replica from ending in good order. The replica would be
// killed, and its last events would be lost.
test('nor does half a request, or a handshake that is done when the door is shut already', async () => {
  await using gate = await startGateProcess({ drainDelay: '10ms' })
  const { port, hostname } = new URL(gate.url)
  const half = connect({ port: Number(port), host: hostname, ca: gate.ca }).on('error', () => undefined)
  await once(half, 'secureConnect')
  half.write('POST /connect HTTP/1.1\r\nHost: gate\r\nContent-Length: 1000\r\n\r\n{')
  const late = connectTcp(Number(port), hostname)
  await once(late, 'connect')
  await until('it has taken both', async () => (await fetch(`${gate.healthUrl}/livez`)).ok)

  gate.signal('SIGTERM')
  await until('the door is shut', () => refuses(Number(port), hostname))
  const tls = connect({ socket: late, ca: gate.ca, host: hostname }).on('error', () => undefined)
  await once(tls, 'secureConnect')

  expect(await gate.ended).toBe(0)
  expect(gate.lines.some(({ msg }) => msg === 'stopped')).toBe(true)
})

function refuses(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, host, () => {
      socket.destroy()
      resolve(false)
    }).on('error', () => {
      resolve(true)
    })
  })
}
