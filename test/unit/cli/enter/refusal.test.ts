import { describe, expect, test } from '@jest/globals'
import { refusalFilter, refusedBy } from '../../../../src/cli/enter/refusal.ts'

const gate = 'admission webhook "gate.access.sallyport.dev" denied the request: '
const noPass = `${gate}alice has no access to pod shop/web-0 (E_NO_PASS). Ask, and go in:\nkubectl access exec web-0\n`
const forbidden = 'pods "web-0" is forbidden: User "alice" cannot create resource "pods/exec" in API group ""\n'

describe('a refusal is known by the words of', () => {
  test.each([
    ['the gate, to kubectl 1.35', `Error from server (Forbidden): ${noPass}`, { by: 'gate', code: 'E_NO_PASS' }],
    ['the gate, to kubectl 1.37', `error: unable to upgrade connection: ${noPass}`, { by: 'gate', code: 'E_NO_PASS' }],
    [
      'the gate, to kubectl port-forward',
      `error: error upgrading connection: unable to upgrade connection: ${gate}alice has no access (E_NOT_LISTED). Ask.\n`,
      { by: 'gate', code: 'E_NOT_LISTED' },
    ],
    [
      'the gate, with the words of an approver in them',
      `error: unable to upgrade connection: ${gate}Request look ended: bob denied it: (E_USED) (E_ENDED). Ask.\n`,
      { by: 'gate', code: 'E_ENDED' },
    ],
    ['RBAC, to kubectl 1.35', `Error from server (Forbidden): ${forbidden}`, { by: 'rbac' }],
    ['RBAC, to kubectl 1.37', `error: unable to upgrade connection: ${forbidden}`, { by: 'rbac' }],
    [
      'RBAC, about a user with a strange name',
      'Error from server (Forbidden): pods "web-0" is forbidden: User "oidc:J \\"x\\"@a/b#c" cannot get resource "pods" in\n',
      { by: 'rbac' },
    ],
    [
      'RBAC, about the pods of a workload',
      'Error from server (Forbidden): deployments.apps "web" is forbidden: User "a" cannot get resource "deployments" in\n',
      { by: 'rbac' },
    ],
    [
      'the API server about a gate that does not answer',
      'error: unable to upgrade connection: Internal error occurred: failed calling webhook "gate.access.sallyport.dev": x\n',
      { by: 'nobody' },
    ],
  ])('%s', (_whose, text, refused) => {
    expect(refusedBy(text)).toEqual({ ...refused, text })
  })
})

describe('it is not a refusal for which an access would help', () => {
  test.each([
    ['a pod that is not there', 'Error from server (NotFound): pods "web-0" not found\n'],
    ['the gate, about an impersonated login', `error: unable to upgrade connection: ${gate}alice (E_IMPERSONATED).\n`],
    ['another webhook', 'Error from server (Forbidden): admission webhook "x" denied the request: no (E_NO_PASS).\n'],
    ['a quota', 'Error from server (Forbidden): pods "x" is forbidden: exceeded quota: q\n'],
    ['a command in the pod', `Error from server (Forbidden): ${forbidden}command terminated with exit code 1\n`],
    ['a command that begins otherwise', `oops\nError from server (Forbidden): ${forbidden}`],
  ])('%s', (_what, text) => {
    expect(refusedBy(text)).toBeUndefined()
  })
})

describe('stderr is shown', () => {
  /** Returns what is shown after each piece, and what is held in the end. */
  function shown(...pieces: readonly string[]): { readonly shown: readonly string[]; readonly held: string } {
    const filter = refusalFilter()
    return { shown: pieces.map((piece) => filter.take(piece)), held: filter.held() }
  }

  test('at once, also without the end of a line', () => {
    expect(shown('a prompt: ', 'E', 'rror: x\n', 'w')).toEqual({
      shown: ['a prompt: ', 'E', 'rror: x\n', 'w'],
      held: '',
    })
  })

  test('from the moment at which it cannot be a refusal', () => {
    expect(shown('Error', ' from server (', 'NotFound): x\n', 'more')).toEqual({
      shown: ['', '', 'Error from server (NotFound): x\n', 'more'],
      held: '',
    })
  })

  test('up to the refusal, in whatever pieces it comes', () => {
    const refusal = `Error from server (Forbidden): ${noPass}`
    const text = `Defaulted container "app" out of: app, side\n${refusal}`

    expect(shown(text)).toEqual({ shown: ['Defaulted container "app" out of: app, side\n'], held: refusal })
    const { shown: pieces, held } = shown(...text.split(''))
    expect([pieces.join(''), held]).toEqual(['Defaulted container "app" out of: app, side\n', refusal])
  })
})
