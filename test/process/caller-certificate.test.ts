import { beforeAll, expect, test } from '@jest/globals'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import { issueCertificate, newAuthority, type Authority } from '../cluster/certificate.ts'
import { newKeyPair, type KeyPair } from '../cluster/key-pair.ts'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { postReview, type PostedAnswer } from '../fixtures/post-review.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const caFile = join(temporaryFolder(), 'callers.crt')
const names = ['api-server', 'api.example']
const config = { callers: { path: { mode: 'Off' }, certificate: { caFile, names } } }
const unproven = { status: 403, body: { message: expect.stringContaining('lacks a client certificate that') } }
const answered = { status: 200, body: { response: { allowed: false } } }

let keys: KeyPair
let trusted: Authority
let other: Authority

beforeAll(async () => {
  keys = await newKeyPair()
  const [first, second] = [await newKeyPair(), await newKeyPair()]
  ;[trusted, other] = [newAuthority('callers', first), newAuthority('others', second)]
  write(trusted)
})

function write({ pem }: Authority): void {
  writeFileSync(`${caFile}.new`, pem)
  renameSync(`${caFile}.new`, caFile)
}

interface Shown {
  readonly by: Authority
  readonly commonName: string
  readonly dnsNames?: readonly string[]
}

async function post({ url, ca }: GateProcess, shown?: Shown): Promise<PostedAnswer> {
  const certificate = shown && {
    cert: issueCertificate(shown.by, keys, {
      subject: { commonName: shown.commonName },
      dnsNames: shown.dnsNames ?? [],
    }),
    key: keys.pem,
  }
  const agent = new Agent({ connect: { ca, ...certificate } })
  try {
    return await postReview({ url, agent }, '/connect', reviewBody(execReview()))
  } finally {
    await agent.close()
  }
}

test('a caller with the certificate of the API server is answered, any other is refused', async () => {
  await using gate = await startGateProcess(config)

  expect(await post(gate, { by: trusted, commonName: 'api-server' })).toMatchObject(answered)
  expect(await post(gate, { by: trusted, commonName: 'x', dnsNames: ['y', 'api.example'] })).toMatchObject(answered)
  expect(await post(gate)).toMatchObject(unproven)
  expect(await post(gate, { by: trusted, commonName: 'alice' })).toMatchObject(unproven)
  expect(await post(gate, { by: other, commonName: 'api-server' })).toMatchObject(unproven)
  // Node quotes a name that holds a comma, so that it cannot pose as two names.
  const twoInOne = { by: trusted, commonName: 'x', dnsNames: ['y, DNS:api.example'] }
  expect(await post(gate, twoInOne)).toMatchObject(unproven)
})

test('new CAs count once their file has changed, and the old ones no more', async () => {
  await using gate = await startGateProcess(config)
  const newer = { by: other, commonName: 'api-server' }
  try {
    write(other)
    await until('the new CA counts', async () => (await post(gate, newer)).status === 200, 30_000)
    expect(await post(gate, { by: trusted, commonName: 'api-server' })).toMatchObject(unproven)
  } finally {
    write(trusted)
  }
})

test('a file of CAs that holds none keeps the gate from starting, and is named', async () => {
  writeFileSync(`${caFile}.empty`, 'nothing')
  const empty = { callers: { ...config.callers, certificate: { caFile: `${caFile}.empty`, names } } }

  await expect(startGateProcess(empty)).rejects.toThrow(`${caFile}.empty holds no certificate as PEM`)
})
