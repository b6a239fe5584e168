import { beforeAll, expect, test } from '@jest/globals'
import forge from 'node-forge'
import { createAuthority, issueLeaf, type KeyPair } from '../../../certs/authority.ts'
import { issuersOf, lackingAuthorities } from '../../../certs/issuers.ts'
import { certificatesIn } from '../../../certs/stored-certificates.ts'
import { trustWith } from '../../../src/controller/certificates/published-trust.ts'

const validity = { from: new Date(), days: 1 }
let authority: KeyPair
let namesake: KeyPair
let leaf: KeyPair

beforeAll(async () => {
  ;[authority, namesake] = await Promise.all([createAuthority('CA', validity), createAuthority('CA', validity)])
  leaf = await issueLeaf(authority, ['localhost'], validity)
})

const plain = (pem: string): string => certificatesIn(pem).join('')

/** Returns the same CA with a longer life: its name and its key stay. */
function renewed({ cert, key }: KeyPair): string {
  const next = forge.pki.certificateFromPem(cert)
  next.serialNumber = '42'
  next.validity.notAfter = new Date(Date.now() + 7 * 86_400_000)
  next.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return plain(forge.pki.certificateToPem(next))
}

test('the CAs that signed a chain are found, and a certificate of the chain itself', () => {
  const known = [namesake.cert, authority.cert].map(plain)

  expect(issuersOf(leaf.cert, known)).toEqual([plain(authority.cert)])
  expect(issuersOf(leaf.cert + authority.cert, [plain(leaf.cert), ...known])).toEqual([
    plain(leaf.cert),
    plain(authority.cert),
  ])
  expect(issuersOf('', known)).toEqual([])
})

test('an announced CA is lacking unless one of ours has its name and its key', () => {
  const own = [plain(authority.cert)]

  expect(lackingAuthorities(own, [plain(namesake.cert), plain(authority.cert)])).toEqual([plain(namesake.cert)])
  expect(lackingAuthorities([renewed(authority)], own)).toEqual([])
})

test('cert-manager writes caBundle only while nobody announces a CA beside ours', () => {
  const [text, injectCaFrom] = [authority.cert, 'ns/certificate']
  const own = { caBundle: Buffer.from(text).toString('base64'), injectCaFrom }
  const both = Buffer.from(`${text.trim()}\n${plain(namesake.cert)}`).toString('base64')

  expect(trustWith(own, [plain(authority.cert)])).toEqual(own)
  expect(trustWith(own, [plain(authority.cert), plain(namesake.cert)])).toEqual({ caBundle: both })
})
