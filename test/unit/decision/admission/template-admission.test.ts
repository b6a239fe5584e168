import { describe, expect, test } from '@jest/globals'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import type { AnyTemplate } from '../../../../src/api/kinds/access-template.ts'
import {
  admitAuthor,
  admitTemplate,
  type TemplateAtAdmission,
  type TemplatePolicy,
} from '../../../../src/decision/admission/template-admission.ts'
import type { OfferFindings } from '../../../../src/decision/kinds/access-rules.ts'
import type { AuthorNeed } from '../../../../src/decision/kinds/author-need.ts'
import type { Allow, Decision } from '../../../../src/decision/decision.ts'
import { anExecTemplate } from '../../../fixtures/example-access.ts'
import { aClusterTemplate, aTemplate } from '../../../fixtures/example-template.ts'
import { execReview } from '../../../fixtures/review.ts'

const policy: TemplatePolicy = {
  identity: { extraKeys: [] },
  workloads: [{ apiVersion: 'apps/v1', kind: 'Deployment' }],
  validators: [],
}
const nothingFound: OfferFindings = { problems: [], dangers: [] }
const dangerous: OfferFindings = { problems: [], dangers: ['spec.hostNetwork is set'] }
const bob = { username: 'bob', groups: ['sre'] }
const shell = aTemplate({ access: { shell: { from: { kind: 'Deployment', name: 'web' } } } })

function admit(object: unknown, fields: Partial<Review> = {}, found = nothingFound): TemplateAtAdmission {
  return admitTemplate(execReview({ operation: 'CREATE', userInfo: bob, object, ...fields }), policy, {
    look: () => found,
    now: 0,
  })
}

/** Returns the decision on a template if RBAC lets its author do everything except this. */
function decided(at: TemplateAtAdmission, isLacking: (need: AuthorNeed) => boolean = () => false): Decision {
  if ('decision' in at) return at.decision
  const rights = [...at.needs, ...(at.escalation ? [at.escalation] : [])]
  return admitAuthor(at, new Set(rights.filter(isLacking)))
}

const lacksEscalate = ({ verb }: AuthorNeed): boolean => verb === 'escalate'

const stampedAs = (author: object): object => ({
  verdict: 'allow',
  patch: [{ op: 'add', path: '/spec/author', value: expect.objectContaining(author) }],
})

describe('the author of a template', () => {
  test('is the user who creates it, whatever the file says', () => {
    expect(decided(admit(aTemplate()))).toMatchObject(stampedAs({ username: 'bob' }))
  })

  test('stays while the offer stays, even if another user applies the file again', () => {
    const { author, ...spec } = aTemplate().spec
    const again = { ...aTemplate(), spec, metadata: { ...aTemplate().metadata, labels: { team: 'a' } } }

    expect(admit(again, { operation: 'UPDATE', oldObject: aTemplate() })).toEqual({
      decision: expect.objectContaining(stampedAs(author ?? {})),
    })
  })

  test('is who changes what it offers', () => {
    const changed = aTemplate({ description: 'other' })

    expect(decided(admit(changed, { operation: 'UPDATE', oldObject: aTemplate() }))).toMatchObject(
      stampedAs({ username: 'bob' }),
    )
  })

  test('is not taken from an old object that a creation brings', () => {
    expect(decided(admit(aTemplate(), { oldObject: aTemplate() }))).toMatchObject(stampedAs({ username: 'bob' }))
  })

  test.each([null, {}, { spec: null }, 'x'])('cannot be known in an UPDATE of %j, which is refused', (oldObject) => {
    expect(admit(aTemplate(), { operation: 'UPDATE', oldObject })).toMatchObject({
      decision: { verdict: 'deny', code: 'E_REVIEW_INVALID' },
    })
  })
})

test.each([null, {}, { spec: {} }, { spec: { access: 1 } }])('%j is left to the schema to refuse', (object) => {
  expect(admit(object)).toMatchObject({ decision: { verdict: 'allow' } })
})

test('one that the schema may know better has no author then, so that it is refused in any case', () => {
  const { spec } = shell
  const newer = { ...shell, spec: { ...spec, access: { shell: { ...spec.access.shell, replace: 'Sometimes' } } } }
  const removed = { decision: { verdict: 'allow', patch: [{ op: 'remove', path: '/spec/author' }] } }

  expect(admit(newer)).toMatchObject(removed)
  expect(admit(newer, { operation: 'UPDATE', oldObject: shell })).toMatchObject(removed)
  // A label may still be put on it.
  expect(admit(newer, { operation: 'UPDATE', oldObject: newer })).toMatchObject({
    decision: stampedAs({ username: 'carol' }),
  })
})

test('one that could never be used is refused, with each field', () => {
  const object = aTemplate({ access: { exec: { target: { kind: 'X', name: 'x' } } }, reason: { pattern: '(' } })

  expect(admit(object)).toMatchObject({
    decision: {
      verdict: 'deny',
      code: 'E_TEMPLATE_INVALID',
      message: expect.stringMatching(/spec\.reason\.pattern is not .*; spec\.access\.exec\.target is of kind X/),
    },
  })
})

describe('of debug containers', () => {
  const adding = (...capabilities: string[]): AnyTemplate =>
    anExecTemplate({ debug: { images: ['tools:1'], capabilities } })

  test('capabilities beyond the pod are for those who may escalate templates', () => {
    const at = admit(adding('SYS_PTRACE', 'SYS_MODULE', 'ALL'))

    expect(decided(at, lacksEscalate)).toMatchObject({
      code: 'E_TEMPLATE_AUTHOR',
      message:
        'bob may not offer this: spec.access.exec.debug.capabilities has SYS_MODULE, ALL (E_TEMPLATE_AUTHOR). ' +
        'Ask somebody who may escalate accesstemplates in namespace shop to write the template, or leave it out.',
    })
    expect(decided(at)).toMatchObject(stampedAs({ username: 'bob', mayEscalate: true }))
  })

  test('what kubectl debug itself adds is for every author', () => {
    const at = admit(adding('SYS_PTRACE', 'NET_BIND_SERVICE'))

    expect(at).not.toHaveProperty('escalation')
    expect(decided(at, lacksEscalate)).toMatchObject(stampedAs(bob))
  })
})

describe('of a shell', () => {
  test.each<[string, AnyTemplate, string]>([
    ['in its namespace', shell, 'shop'],
    ['everywhere, of one for many namespaces', aClusterTemplate({ access: shell.spec.access }), ''],
  ])('it is to be asked whether the author may create pods %s', (_title, object, namespace) => {
    const fields = namespace === '' ? { namespace: undefined } : {}

    const need = { resource: 'pods', verb: 'create', ...(namespace && { namespace }) }
    const escalation = { verb: 'escalate', resource: namespace ? 'accesstemplates' : 'clusteraccesstemplates' }
    const at = admit(object, fields as Partial<Review>)
    expect(at).toMatchObject({ needs: [need], escalation: { ...escalation, ...(namespace && { namespace }) } })
    expect(decided(at)).toMatchObject(stampedAs(bob))
  })

  test('what was found is refused', () => {
    expect(admit(shell, {}, { problems: ['spec.access.shell.mutate: x'], dangers: [] })).toMatchObject({
      decision: { code: 'E_TEMPLATE_INVALID', message: expect.stringContaining('spec.access.shell.mutate: x') },
    })
  })

  test('dangers are for those who may escalate templates', () => {
    const at = admit(shell, {}, dangerous)

    expect(decided(at, lacksEscalate)).toMatchObject({
      code: 'E_TEMPLATE_AUTHOR',
      message: expect.stringContaining('bob may not offer this: spec.hostNetwork is set'),
    })
    expect(decided(at)).toMatchObject(stampedAs({ username: 'bob', mayEscalate: true }))
  })

  test('without dangers it is told, too: its workload may bring some', () => {
    const of = (at: TemplateAtAdmission, isLacking?: (need: AuthorNeed) => boolean): unknown =>
      (decided(at, isLacking) as Allow).patch?.[0]

    expect(of(admit(shell))).toMatchObject({ value: { mayEscalate: true } })
    expect(of(admit(shell), lacksEscalate)).not.toMatchObject({ value: { mayEscalate: expect.anything() } })
  })

  test('a user who applies the same again needs no right of their own', () => {
    expect(admit(shell, { operation: 'UPDATE', oldObject: shell }, dangerous)).toMatchObject({
      decision: stampedAs({ username: 'carol' }),
    })
  })

  test('who may not create pods is told where', () => {
    const at = admit(shell)

    expect(decided(at, () => true)).toMatchObject({
      code: 'E_TEMPLATE_AUTHOR',
      message: expect.stringContaining('bob may not create pods in namespace shop'),
    })
  })
})
