import { beforeAll, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, issueLeaf, type KeyPair } from '../../../certs/authority.ts'
import { readCaBundle, type CaBundleResult } from '../../../certs/ca-bundle.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const validity = { from: new Date(), days: 1 }
let authority: KeyPair
let other: KeyPair
let leaf: KeyPair

beforeAll(async () => {
  ;[authority, other] = await Promise.all([createAuthority('CA', validity), createAuthority('CA', validity)])
  leaf = await issueLeaf(authority, ['localhost'], validity)
})

function read(ca: string, cert: string): CaBundleResult {
  const [caFile, certFile] = [join(folder, 'ca.crt'), join(folder, 'tls.crt')]
  writeFileSync(caFile, ca)
  writeFileSync(certFile, cert)
  return readCaBundle(caFile, certFile)
}

test('the CA that signed is given as the file has it, beside the next one too', () => {
  for (const pem of [authority.cert, `${other.cert}\n${authority.cert}`]) {
    expect(read(pem, leaf.cert)).toEqual({ ok: true, caBundle: Buffer.from(pem).toString('base64') })
  }
})

test('nothing but certificates is given, so no key that is in the same file', () => {
  expect(read(`${authority.key}# my CA\n${authority.cert}`, leaf.cert)).toEqual({
    ok: true,
    caBundle: Buffer.from(`${authority.cert.trim()}\n`).toString('base64'),
  })
})

test('a certificate may be its own CA', () => {
  expect(read(authority.cert, authority.cert)).toMatchObject({ ok: true })
})

test('a CA that did not sign, of the same name or not, is refused: the API server would reach nobody', () => {
  expect(read(other.cert, leaf.cert)).toMatchObject({
    ok: false,
    problem: expect.stringMatching(/ca\.crt has no CA that signed the certificate in .*tls\.crt$/),
  })
})

test.each(['', 'no PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])(
  'a file with %j in it is refused',
  (text) => {
    expect(read(text, leaf.cert)).toMatchObject({ ok: false })
  },
)

test('a file that is not there is named', () => {
  expect(readCaBundle('/no/such/ca.crt', '/no/such/tls.crt')).toMatchObject({
    ok: false,
    problem: expect.stringContaining('/no/such/ca.crt'),
  })
})
