import { expect, test } from '@jest/globals'
import { isTypeOf, placeText } from '../../../../src/cli/enter/place.ts'

test.each([
  ['web-0', { text: 'web-0', type: undefined, name: 'web-0' }],
  ['pod/web-0', { text: 'web-0', type: undefined, name: 'web-0' }],
  ['po/web-0', { text: 'web-0', type: undefined, name: 'web-0' }],
  ['deploy/web', { text: 'deploy/web', type: 'deploy', name: 'web' }],
  ['Deployments.apps/web', { text: 'Deployments.apps/web', type: 'deployments.apps', name: 'web' }],
])('%s is a place', (value, place) => {
  expect(placeText(value)).toEqual(place)
})

test.each(['', 'Web', 'a/b/c', 'deploy/', '/web', '../web', 'deploy/..', '-x/web'])('%j is none', (value) => {
  expect(() => placeText(value)).toThrow()
})

test.each([
  ['deploy', 'Deployment', true],
  ['deployments.apps', 'Deployment', true],
  ['sts', 'StatefulSet', true],
  ['rollout', 'Rollout', true],
  ['svc', 'Deployment', false],
])('kubectl calls %s a %s: %j', (type, kind, is) => {
  expect(isTypeOf(type, kind)).toBe(is)
})
