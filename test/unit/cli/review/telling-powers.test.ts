import { expect, test } from '@jest/globals'
import { isLoud, powersOfRules, tellingPowers } from '../../../../src/cli/review/telling-powers.ts'

const rule = (verbs: string, groups: string, resources: string): object => ({
  verbs: verbs.split(','),
  apiGroups: groups.split(','),
  resources: resources.split(','),
})

test.each<[string, readonly object[], string | undefined]>([
  ['cluster-admin', [rule('*', '*', '*')], 'EVERYTHING'],
  ['a reader of pods', [rule('get,list,watch', '', 'pods,configmaps')], undefined],
  ['a reader of Secrets', [rule('get,list', '', 'pods,secrets')], 'reads Secrets'],
  ['a reader of all of the core', [rule('get', '', '*')], 'REACHES NODES, reads Secrets'],
  [
    'edit',
    [rule('create,patch', '', 'pods,pods/exec'), rule('patch', 'apps', 'deployments')],
    'creates pods, enters pods, changes workloads',
  ],
  ['one who enters by a wildcard', [rule('create', '', '*/exec')], 'enters pods'],
  ['one who gives rights', [rule('bind', 'rbac.authorization.k8s.io', 'clusterroles')], 'GIVES RIGHTS'],
  ['one who makes tokens', [rule('create', '', 'serviceaccounts/token')], 'makes tokens'],
  ['an approver', [rule('create', 'access.sallyport.dev', 'accessgrants')], 'approves requests'],
  ['another group of the same resource', [rule('get', 'example.org', 'secrets')], undefined],
  ['a wildcard of resources without one of verbs', [rule('get', '*', '*')], 'REACHES NODES, reads Secrets'],
])('%s', (_title, rules, words) => {
  const told = powersOfRules(rules)

  // `*` of resources also stands for subresources, such as nodes/proxy.
  expect(told).toBe(words)
})

test('each power is told of a role that gives just this power', () => {
  for (const { says, verb, group, resource, subresource } of tellingPowers) {
    const name = subresource === undefined ? resource : `${resource}/${subresource}`
    expect(powersOfRules([rule(verb, group, name)])).toBe(says)
  }
})

test('rules that are none give nothing', () => {
  for (const rules of [undefined, {}, 'all', [null], [{ verbs: 'get' }]]) expect(powersOfRules(rules)).toBeUndefined()
})

test('only power over the cluster is loud', () => {
  expect(['EVERYTHING', 'GIVES RIGHTS', 'REACHES NODES'].map(isLoud)).toEqual([true, true, true])
  expect(isLoud('reads Secrets, creates pods')).toBe(false)
})
