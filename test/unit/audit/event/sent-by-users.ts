import fc from 'fast-check'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import type { AccessRequestSpec } from '../../../../src/api/kinds/access-request-spec.ts'
import { waysIn } from '../../../../src/api/review/way-in.ts'
import { allowed, denied, type Decision } from '../../../../src/decision/decision.ts'
import { execReview } from '../../../fixtures/review.ts'

// Escaping one adds nine characters. Another has two units and counts once. Half a character counts as none, and the
// empty text is a text, too.
const alphabet = fc.constantFrom('x', '"', '\\', '\u001b', '\u202e', '名', '\u{e0001}', '\ud800', '\n', '')

/** Any text: short and strange, far longer than an event may hold, or empty. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.tuple(alphabet, fc.integer({ max: 70_000, min: 0 })).map(([unit, n]) => unit.repeat(n)) },
)

/** Any list of texts: few, or so many of one that no event holds them. */
const anyTexts: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 3, arbitrary: fc.array(anyText, { maxLength: 80 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(alphabet, fc.integer({ max: 10_000, min: 0 })).map(([word, n]) => Array<string>(n).fill(word)),
  },
)

const textOf = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: Math.min(maxLength, 20) }),
    fc
      .tuple(alphabet, fc.integer({ min: 1, max: maxLength }))
      .map(([unit, n]) => Array.from(unit.repeat(n)).slice(0, maxLength).join('') || 'x'),
  )

const asking = {
  reason: textOf(2_048),
  duration: fc.constantFrom('30m', '1h30m'),
  startAt: fc.constant('2026-11-22T08:00:00.000000Z'),
  once: fc.boolean(),
  templateRef: fc.record({
    kind: fc.constantFrom('AccessTemplate' as const, 'ClusterAccessTemplate' as const),
    name: textOf(253),
  }),
  attributes: fc.dictionary(
    textOf(60).map((key) => key.slice(0, 63)),
    textOf(512),
    { maxKeys: 16 },
  ),
}
const askedExec = fc.record(
  {
    pod: textOf(253),
    container: textOf(63),
    command: fc.array(textOf(4_096), { minLength: 1, maxLength: 64 }),
    stdin: fc.boolean(),
    tty: fc.boolean(),
    subresources: fc.uniqueArray(fc.constantFrom('attach' as const, 'portforward' as const, 'log' as const)),
    debug: fc.boolean(),
  },
  { requiredKeys: [] },
)
const amount = fc.constantFrom('500m', 1)
const askedShell = fc.record(
  {
    resources: fc.record({ cpu: amount, memory: amount, 'ephemeral-storage': amount }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

/** Any request that the schema takes, as far as its lengths go. */
export const anyAsked = fc
  .tuple(
    fc.record(asking, { requiredKeys: [] }),
    fc.oneof(
      askedExec.map((exec) => ({ exec })),
      askedShell.map((shell) => ({ shell })),
      fc.constant({ role: {} }),
    ),
  )
  .map(([terms, access]): { readonly spec: AccessRequestSpec } => ({ spec: { ...terms, ...access } }))

/** Any grant that the schema takes. */
const anyVerdict = fc
  .record(
    { verdict: fc.constantFrom('Approved', 'Denied'), message: textOf(1_024), digest: fc.constant('a'.repeat(12)) },
    { requiredKeys: ['verdict'] },
  )
  .map((verdict) => ({ spec: { ...verdict, requestRef: { name: 'look' } } }))

const metadata = fc.record({ name: anyText, generateName: anyText, uid: anyText }, { requiredKeys: [] })

/** Any object of our own kinds, before the schema has checked it. */
const ownObject = fc.record(
  {
    metadata,
    spec: fc.record(
      {
        reason: anyText,
        requestRef: fc.record({ name: anyText, uid: anyText }, { requiredKeys: [] }),
        grantedBy: fc.record({ username: anyText }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

const ownResources = [
  'accessrequests',
  'accessgrants',
  'accesstemplates',
  'clusteraccesstemplates',
  'accesspasses',
  'accessrecords',
]

const userInfo = fc.record(
  {
    username: anyText.filter((name) => name !== ''),
    uid: anyText,
    groups: anyTexts,
    extra: fc.dictionary(anyText, anyTexts, { maxKeys: 3 }),
  },
  { requiredKeys: ['username'] },
)

const connectReview = fc
  .record({
    way: fc.constantFrom(...waysIn),
    name: anyText,
    namespace: anyText,
    userInfo,
    object: fc.record({ container: anyText, command: anyTexts, path: anyText }, { requiredKeys: [] }),
  })
  .map(({ way, ...fields }): Review => {
    const [resource = '', subResource = ''] = way.split('/')
    const operation = way === 'pods/ephemeralcontainers' ? 'UPDATE' : 'CONNECT'
    return execReview({ ...fields, resource: { group: '', version: 'v1', resource }, subResource, operation })
  })

const ownReview = fc
  .record({
    resource: fc.oneof(fc.constantFrom(...ownResources), anyText),
    subResource: fc.oneof(fc.constant(''), anyText),
    operation: fc.constantFrom('CREATE' as const, 'UPDATE' as const, 'DELETE' as const),
    name: anyText,
    namespace: anyText,
    userInfo,
    object: fc.oneof(fc.constant(null), ownObject, anyAsked, anyVerdict),
    oldObject: fc.oneof(fc.constant(null), ownObject, anyAsked, anyVerdict),
  })
  .map(({ resource, ...fields }) =>
    execReview({ ...fields, resource: { group: 'access.sallyport.dev', version: 'v1alpha1', resource } }),
  )

/**
 * Any review that a user can cause, or that a caller of the gate can forge: each way in, and each write of our kinds.
 */
export const anyReview: fc.Arbitrary<Review> = fc.oneof(connectReview, ownReview)

const seen = fc.record({ podUID: anyText, container: anyText, image: anyText, node: anyText })
const denial = fc
  .record({ message: anyText, seen })
  .map(({ message, seen: pod }) => ({ ...denied('E_NO_PASS', message), seen: pod }))

const access = fc
  .record({ image: anyText, container: anyText, approvers: fc.array(anyText, { maxLength: 40 }) })
  .map(({ image, container, approvers }) => ({
    request: { namespace: 'shop', name: 'look', uid: 'r-1' },
    grants: approvers.map((grantedBy, index) => ({ name: `grant-${index}`, uid: `g-${index}`, grantedBy })),
    podUID: 'p-1',
    container,
    image,
    digest: 'a'.repeat(64),
    expiresAt: '2026-11-22T09:00:00.000000Z',
    once: false,
  }))

/** Any decision on it. It also holds what the pod's author wrote. */
export const anyDecision: fc.Arbitrary<Decision> = fc.oneof(
  denial,
  denial.map((would): Decision => ({ ...allowed('OBSERVED', would.message), would })),
  fc.tuple(anyText, access).map(([why, used]): Decision => allowed('ACCESS', why, { access: used })),
  fc
    .tuple(fc.constantFrom('STAMPED' as const, 'TOLD' as const, 'LEFT_TO_POLICY' as const), anyText)
    .map(([code, why]): Decision =>
      allowed(code, why, { patch: [{ op: 'add', path: '/spec/requestRef/uid', value: why }] }),
    ),
)
