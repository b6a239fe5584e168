import { expect, test } from '@jest/globals'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

const logged = (gate: GateProcess, wanted: string): number => gate.lines.filter(({ msg }) => msg === wanted).length

/** Returns the serial number that a new handshake gets. */
function served(gate: GateProcess): Promise<string> {
  const { hostname, port } = new URL(gate.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), ca: gate.ca }, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? '')
      socket.destroy()
    }).on('error', reject)
  })
}

const serialOf = ({ cert }: { cert: string }): string => new X509Certificate(cert).serialNumber

test('replaced under load: no call fails, and new connections get the new one', async () => {
  await using gate = await startGateProcess()
  const failures: unknown[] = []
  let calls = 0
  let stop = false
  // Half of the callers keep their connection, and half make a handshake for each call.
  const callers = Array.from({ length: 10 }, async (_, index) => {
    const agent = new Agent({ connect: { ca: gate.ca }, ...(index % 2 === 1 && { pipelining: 0 }) })
    while (!stop) {
      try {
        const { statusCode, body } = await request(`${gate.url}/connect`, {
          method: 'POST',
          dispatcher: agent,
          body: reviewBody(execReview()),
        })
        await body.dump()
        calls++
        if (statusCode !== 200) failures.push(statusCode)
      } catch (error) {
        failures.push(error)
      }
    }
    await agent.destroy()
  })

  for (let round = 1; round <= 3; round++) {
    const before = calls
    const next = await gate.issue()
    gate.replace(next)
    await until('the reload', () => logged(gate, 'certificate reloaded') === round)
    await until('calls go on', () => calls > before + 20)
    expect(await served(gate)).toBe(serialOf(next))
  }
  stop = true
  await Promise.all(callers)

  expect(failures).toEqual([])
})

test('a pair that does not match is refused, and the old one kept', async () => {
  await using gate = await startGateProcess()
  const before = await served(gate)
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  gate.replace({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() })
  await until('the refusal', () => gate.lines.find(({ problem }) => problem?.includes('the key does not belong')))

  expect(await served(gate)).toBe(before)
  const mended = await gate.issue()
  gate.replace(mended)
  await until('the reload', () => logged(gate, 'certificate reloaded') === 1)
  expect(await served(gate)).toBe(serialOf(mended))
})
