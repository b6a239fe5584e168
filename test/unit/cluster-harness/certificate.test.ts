import { X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { certificateRequest, issueCertificate, newAuthority, type Authority } from '../../cluster/certificate.ts'
import { newKeyPair, type KeyPair } from '../../cluster/key-pair.ts'

let authority: Authority
let keys: KeyPair

beforeAll(async () => {
  authority = newAuthority('test', await newKeyPair())
  keys = await newKeyPair()
})

describe('a certificate', () => {
  it('is one that OpenSSL takes for the authority’s, with subject and names', () => {
    const pem = issueCertificate(authority, keys, {
      subject: { commonName: 'alice', organization: 'dev' },
      dnsNames: ['kubernetes'],
      ipAddresses: ['198.18.1.2'],
    })
    const certificate = new X509Certificate(pem)
    const issuer = new X509Certificate(authority.pem)
    expect(certificate.checkIssued(issuer)).toBe(true)
    expect(certificate.verify(issuer.publicKey)).toBe(true)
    expect(certificate.subject.split('\n').sort()).toEqual(['CN=alice', 'O=dev'])
    expect(certificate.subjectAltName).toBe('DNS:kubernetes, IP Address:198.18.1.2')
    expect(certificate.ca).toBe(false)
    expect(issuer.ca).toBe(true)
  })
})

describe('a request', () => {
  it('is signed with the key that it asks for', () => {
    const request = forge.pki.certificationRequestFromPem(certificateRequest(keys, { commonName: 'bob' }))
    expect(request.verify()).toBe(true)
  })
})
