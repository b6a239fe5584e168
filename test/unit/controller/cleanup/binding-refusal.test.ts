import { expect, test } from '@jest/globals'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import { bindingRefusalText, refusalOf } from '../../../../src/controller/cleanup/binding-refusal.ts'
import { boundName } from '../../../../src/provision/role/role-objects.ts'
import { aRequest } from '../../../fixtures/example-access.ts'

const view = { roleRef: { kind: 'ClusterRole', name: 'view' }, namespace: 'shop' } as const
const request = { ...aRequest(), status: { bindings: [view, { roleRef: { kind: 'Role', name: 'reader' } }] as const } }
const asked = { ...request, status: { bindings: [...request.status.bindings] } }
const nameOf = (index: number): string => boundName(request.metadata.uid, index)

test('where Sallyport may not bind a role, the remedy stands first', () => {
  expect(bindingRefusalText({ name: nameOf(0), isPassing: false }, asked)).toBe(
    'Have an administrator make a ClusterRole with the label access.sallyport.dev/aggregate-to-binder: "true" that allows the verb ' +
      'bind on clusterroles/view. Sallyport may not bind it (binding 1 of 2, ClusterRole view in namespace shop), so it binds nothing, ' +
      'and tries again.',
  )
  expect(bindingRefusalText({ name: nameOf(1), isPassing: false }, asked)).toContain('bind on roles/reader.')
})

test('of the API server’s words 300 characters are told, and the cause has all of them', () => {
  const error = new KubeApiError('403', { status: 403, statusMessage: 'no '.repeat(600) })
  const refusal = refusalOf(error, nameOf(0))
  const told = bindingRefusalText(refusal, asked)

  expect(told).toMatch(
    /^binding 1 of 2, ClusterRole view in namespace shop, was refused, so Sallyport binds nothing, and tries again: no /,
  )
  expect(told.length).toBeLessThan(420)
  expect(refusal.cause).toBe(error)
})

test('whatever the names are, the text has at most 300 characters', () => {
  const long = { roleRef: { kind: 'ClusterRole', name: 'x'.repeat(253) }, namespace: 'shop' } as const

  expect(
    bindingRefusalText({ name: nameOf(0), isPassing: false }, { ...asked, status: { bindings: [long] } }).length,
  ).toBe(300)
})
