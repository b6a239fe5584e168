import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issueLeaf, type KeyPair } from '../../../certs/authority.ts'
import { readPair } from '../../../certs/key-pair.ts'

const now = new Date('2026-11-21T12:00:00Z')
let folder: string
let authority: KeyPair
let leaf: KeyPair

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  authority = await createAuthority('test CA', { from: now, days: 10 })
  leaf = await issueLeaf(authority, ['gate.svc', '127.0.0.1', '::1'], { from: now, days: 2 })
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

function read(pair: KeyPair, at = now): ReturnType<typeof readPair> {
  const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
  writeFileSync(files.certFile, pair.cert)
  writeFileSync(files.keyFile, pair.key)
  return readPair(files, at)
}

test('a leaf is signed by its authority, for its hosts, for servers only', () => {
  const certificate = new X509Certificate(leaf.cert)
  const ca = new X509Certificate(authority.cert)

  expect(certificate.verify(ca.publicKey)).toBe(true)
  expect(certificate.checkIssued(ca)).toBe(true)
  expect(ca.ca).toBe(true)
  expect(certificate.ca).toBe(false)
  expect(certificate.checkHost('gate.svc')).toBe('gate.svc')
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(certificate.checkHost('other.svc')).toBeUndefined()
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('a matching pair is read', () => {
  expect(read(leaf)).toEqual({ ok: true, pair: leaf })
})

describe('refused', () => {
  test('a key of another certificate', () => {
    expect(read({ cert: leaf.cert, key: authority.key })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('the key does not belong to the certificate'),
    })
  })

  // TLS itself accepts this pair without an error and then fails every handshake.
  test('a key of another type', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

    expect(read({ cert: leaf.cert, key })).toMatchObject({ ok: false })
  })

  test.each([
    ['expired', new Date('2026-11-24T12:00:00Z'), 'expired on 2026-11-23T12:00:00.000Z'],
    ['not valid yet', new Date('2026-11-20T12:00:00Z'), 'valid only from'],
  ])('a certificate that is %s', (_title, at, problem) => {
    expect(read(leaf, at)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) })
  })

  test.each(['', 'not PEM', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    '"%s" for a certificate',
    (cert) => {
      expect(read({ cert, key: leaf.key })).toMatchObject({
        ok: false,
        problem: expect.stringContaining('cannot be read as PEM'),
      })
    },
  )

  // The leaf by itself is fine. The rest is only found when the pair is used for serving, and that would end the
  // server.
  test('a chain that is written no further than into its second certificate', () => {
    expect(read({ ...leaf, cert: leaf.cert + authority.cert.slice(0, 300) })).toMatchObject({
      ok: false,
      problem: expect.stringContaining('TLS cannot be served with them: '),
    })
  })
})
