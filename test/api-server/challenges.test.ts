import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { Type } from 'typebox'
import { Challenges } from '../../src/api/kinds/challenge.ts'
import { apiGroup, apiVersion, type Kind } from '../../src/api/kinds/kind.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { customResourceDefinition } from '../../src/install/crd.ts'
import { clientOf, refusal } from '../fixtures/api-client.ts'
import { admin, apply } from '../fixtures/kubectl.ts'

// The challenges are in a kind of this suite's own. So these tests show what the API server itself enforces.
const probe = {
  apiVersion,
  kind: 'ChallengeProbe',
  plural: 'challengeprobes',
  singular: 'challengeprobe',
  namespaced: true,
  shortNames: [],
  categories: [],
  printColumns: [],
  selectableFields: [],
  schema: Type.Object({ spec: Type.Object({ challenges: Challenges }) }),
} as const satisfies Kind
const definition = `crd/${probe.plural}.${apiGroup}`

let client: Client
beforeAll(async () => {
  client = clientOf('admin')
  await apply(customResourceDefinition(probe))
  await admin(['wait', '--for=condition=Established', definition, '--timeout=30s'])
})
inTheEnd(
  () => client.close(),
  () => admin(['delete', definition, '--wait=false']),
)

/**
 * Creates as a client that does not ask for strict validation: unknown fields are pruned, and the client is not told.
 */
function create(...challenges: readonly object[]): Promise<unknown> {
  const body = { apiVersion, kind: probe.kind, metadata: { name: 'probe' }, spec: { challenges } }
  return client.call(pathOf(probe, { namespace: 'default' }), { method: 'POST', query: { dryRun: 'All' }, body })
}

const reviewer = { kind: 'Group', name: 'sre' }
const peerReview = { count: 1, reviewers: [reviewer] }
const timeWindow = { timeZone: 'Europe/Berlin', days: ['Mon'], from: '09:00', to: '18:00' }

test('as many challenges as there may be, as large as they may be, are let in', async () => {
  const name = 'x'.repeat(512)
  const reviewers = Array.from({ length: 32 }, () => ({ kind: 'ServiceAccount', namespace: 'ci', name }))
  const full = { peerReview: { count: 16, reviewers, notReviewers: reviewers } }

  await create(
    full,
    full,
    full,
    full,
    full,
    { timeWindow },
    { webhook: { name: 'tickets' } },
    {
      expression: { cel: 'x'.repeat(2_048), message: 'no' },
    },
  )
})

test.each<[string, object, string]>([
  ['an unknown kind', { twoFactor: {} }, 'exactly one of peerReview, timeWindow, expression, webhook must be named'],
  ['an unknown kind beside one that is known', { peerReview, twoFactor: {} }, 'spec.challenges[0]: Too many: 2'],
  ['two kinds in one', { peerReview, timeWindow }, 'spec.challenges[0]: Too many: 2'],
  ['no kind', {}, 'exactly one of peerReview, timeWindow, expression, webhook must be named'],
  ['a window without hours', { timeWindow: { ...timeWindow, to: '09:00' } }, 'from and to are the same'],
  [
    'a service account without its namespace',
    { peerReview: { count: 1, reviewers: [{ kind: 'ServiceAccount', name: 'robot' }] } },
    'a ServiceAccount needs a namespace',
  ],
  [
    'a group with a namespace',
    { peerReview: { ...peerReview, notReviewers: [{ ...reviewer, namespace: 'ci' }] } },
    'a ServiceAccount needs a namespace',
  ],
  ['a day twice', { timeWindow: { ...timeWindow, days: ['Mon', 'Mon'] } }, 'Duplicate value'],
])('refused, with its place: %s', async (_title, challenge, text) => {
  const message = await refusal(create(challenge))

  expect(message).toContain('spec.challenges[0]')
  expect(message).toContain(text)
})
