import type { AuditEvent } from '../../src/api/audit-event.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import { fromMicroTime } from '../../src/api/micro-time.ts'
import { eventOfDecision, eventOfPhase, type AuditOrigin } from '../../src/audit/audit-event.ts'
import type { DecisionEvent } from '../../src/audit/decision-event.ts'

const origin: AuditOrigin = { source: '/sallyport', now: fromMicroTime('2026-11-22T08:30:00.000000Z') ?? 0 }
const request = { namespace: 'shop', name: 'look', uid: '5c4c5b0e-3d0e-4f3b-8a5e-0a8f3f1f2d11' }
const podUID = '7d0f1c9a-51a4-4c39-9d2a-2f6f2f0f7a01'
const digest = 'b1946ac92492d2347c6235b4d2611184c1b5d2d5a1f0e9d8c7b6a59483726150'
const expiresAt = '2026-11-22T09:00:00.000000Z'
const grants = [{ name: 'look-bob', uid: '2f5a7c1e-9b1d-4a53-8c11-6d7e8f901234', grantedBy: 'bob' }]
const image = 'registry.example/shop/web:1.4'

const exec: DecisionEvent = {
  id: '3f0c1d2e-8a4b-4c6d-9e0f-112233445566',
  uid: '0c9f3a52-9f0f-4d6c-8a46-6d6d3f0e3c11',
  webhook: 'gate.access.sallyport.dev',
  verdict: 'allow',
  code: 'ACCESS',
  message: 'request look, granted by bob',
  access: { request, grants, podUID, container: 'app', image, digest, expiresAt, once: false },
  user: 'alice',
  groups: ['dev', 'system:authenticated'],
  operation: 'CONNECT',
  resource: 'pods/exec',
  namespace: 'shop',
  name: 'web-0',
  container: 'app',
  command: ['psql', '--password', '[redacted]'],
  durationMs: 4.2,
}

const active: AccessRequest = {
  apiVersion: 'access.sallyport.dev/v1alpha1',
  kind: 'AccessRequest',
  metadata: { ...request, resourceVersion: '7', generation: 1, creationTimestamp: '2026-11-22T08:00:00Z' },
  spec: {
    reason: 'OPS-42',
    duration: '30m',
    requestor: { username: 'alice', groups: ['dev'] },
    exec: { pod: 'web-0' },
  },
  status: {
    phase: 'Active',
    message: 'ready until 2026-11-22T09:00:00Z',
    target: { pod: 'web-0', podUID, container: 'app', image, node: 'node-1' },
    digest,
    approvals: grants,
    expiresAt,
  },
}

/** Events as the mappings themselves make them, for the docs. */
export function auditExamples(): readonly AuditEvent[] {
  const { access, ...tried } = exec
  const refused = {
    verdict: 'deny',
    code: 'E_NO_PASS',
    message: 'alice has no access to pod shop/web-0 (E_NO_PASS).',
  } as const
  return [
    eventOfDecision(exec, origin),
    eventOfDecision({ ...tried, ...refused, id: '9a1b2c3d-4e5f-4061-8283-94a5b6c7d8e9', attempts: 2 }, origin),
    eventOfPhase(active, origin),
  ].filter((event) => event !== undefined)
}
