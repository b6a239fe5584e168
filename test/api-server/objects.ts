import type { AccessGrant } from '../../src/api/kinds/access-grant.ts'
import type { AccessPassDraft } from '../../src/api/kinds/access-pass.ts'
import { useRecordName, type AccessRecordDraft } from '../../src/api/kinds/access-record.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { AccessTemplate } from '../../src/api/kinds/access-template.ts'
import { apiVersion } from '../../src/api/kinds/kind.ts'
import type { Author } from '../../src/api/kinds/identity.ts'
import type { Draft } from '../../src/api/kinds/metadata.ts'

// Objects as they are after the webhooks have stamped them. Any field of spec may be replaced; undefined leaves it out.

export function accessRequest(namespace: string, name: string, spec: object = {}): Draft<AccessRequest> {
  return {
    apiVersion,
    kind: 'AccessRequest',
    metadata: { name, namespace },
    spec: { reason: 'OPS-42', exec: { pod: 'web-0' }, requestor: { username: 'alice', groups: ['dev'] }, ...spec },
  }
}

export function accessGrant(namespace: string, name: string, spec: object = {}): Draft<AccessGrant> {
  return {
    apiVersion,
    kind: 'AccessGrant',
    metadata: { name, namespace },
    spec: {
      requestRef: { name: 'any', uid: '7d1a' },
      verdict: 'Approved',
      digest: '0123456789ab',
      grantedBy: { username: 'bob', groups: ['sre'] },
      ...spec,
    },
  }
}

export function accessTemplate(namespace: string, name: string, author: Author): Draft<AccessTemplate> {
  const access = { exec: { target: { kind: 'Deployment', name: 'web' }, commands: [['id']] } }
  return {
    apiVersion,
    kind: 'AccessTemplate',
    metadata: { name, namespace },
    spec: { subjects: [{ kind: 'Group', name: 'dev' }], access, author },
  }
}

export function accessPass(namespace: string, name: string, spec: object = {}): AccessPassDraft {
  return {
    apiVersion,
    kind: 'AccessPass',
    metadata: { name, namespace },
    spec: { username: 'alice', pod: 'web-0', requests: [], ...spec },
  }
}

export function accessRecord(namespace: string, name: string, spec: object = {}): AccessRecordDraft {
  return {
    apiVersion,
    kind: 'AccessRecord',
    metadata: { name, namespace },
    spec: { id: 'd-1', type: 'dev.sallyport.gate.decided.v1', time: '2026-11-22T08:00:00.000000Z', ...spec },
  }
}

/** Returns the record of a request's one use. */
export function useRecord(namespace: string, requestUid: string): AccessRecordDraft {
  return accessRecord(namespace, useRecordName(requestUid), {
    request: { namespace: 'shop', name: 'r', uid: requestUid },
    use: { username: 'alice', pod: 'web-0', podUID: 'p-1', container: 'app' },
  })
}
