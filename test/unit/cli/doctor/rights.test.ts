import { describe, expect, test } from '@jest/globals'
import {
  bindingName,
  gives,
  holdings,
  subjectName,
  type Power,
  type RbacRule,
} from '../../../../src/cli/doctor/rights.ts'
import { bindingFile, roleFile } from '../../../fixtures/rbac-facts.ts'

const rule = (verbs: string, groups: string, resources: string, names?: string): RbacRule => ({
  verbs: verbs.split(','),
  apiGroups: groups.split(','),
  resources: resources.split(','),
  ...(names !== undefined && { resourceNames: names.split(',') }),
})
const exec: Power = { verbs: ['create'], group: '', resources: ['pods/exec'] }
const pods: Power = { verbs: ['create'], group: '', resources: ['pods'] }
const ours: Power = { verbs: ['create', 'patch'], group: 'example.org', resources: ['things'], names: ['ours'] }

describe('a rule gives a power as the API server judges it', () => {
  test.each<[string, RbacRule, Power, boolean]>([
    ['by its names', rule('create', '', 'pods/exec'), exec, true],
    ['by wildcards', rule('*', '*', '*'), exec, true],
    ['by a wildcard before the subresource', rule('create', '', '*/exec'), exec, true],
    ['not by a wildcard behind it, which is a name', rule('create', '', 'pods/*'), exec, false],
    ['nor by two', rule('create', '', '*/*'), exec, false],
    ['a wildcard of resources stands for subresources', rule('create', '', '*'), exec, true],
    ['not of another group', rule('create', 'apps', 'pods/exec'), exec, false],
    ['not by another verb', rule('get,list', '', 'pods/exec'), exec, false],
    ['not the subresource by its resource', rule('create', '', 'pods'), exec, false],
    ['not the resource by its subresource', rule('create', '', 'pods/exec'), pods, false],
    ['not create by a name, which the authorizer does not see', rule('create', '', 'pods', 'web-0'), pods, false],
    ['but create of a subresource by a name', rule('create', '', 'pods/exec', 'web-0'), exec, true],
    ['to our object by its name', rule('patch', 'example.org', 'things', 'theirs,ours'), ours, true],
    ['to our object without names', rule('patch', 'example.org', 'things'), ours, true],
    ['not to another’s object', rule('patch', 'example.org', 'things', 'theirs'), ours, false],
    ['not create of our object by its name', rule('create', 'example.org', 'things', 'ours'), ours, false],
    ['nothing by an empty rule', {}, exec, false],
    ['nothing by a path', { verbs: ['*'] }, exec, false],
  ])('%s', (_title, one, power, isGiven) => {
    expect(gives(one, power)).toBe(isGiven)
  })
})

test('a binding gives each of its subjects the rules of its role, and a Role counts only in its namespace', () => {
  const roles = [
    roleFile('ClusterRole', 'edit', [rule('create', '', 'pods')]),
    { ...roleFile('Role', 'edit', [rule('get', '', 'pods')]), metadata: { name: 'edit', namespace: 'shop' } },
  ]
  const held = holdings(roles, [
    bindingFile('shop/one', 'Role edit', 'Group dev', 'ServiceAccount shop/ci'),
    bindingFile('other/two', 'Role edit', 'User alice'),
    bindingFile('shop/three', 'ClusterRole edit', 'User bob'),
    bindingFile('four', 'ClusterRole gone', 'User carol'),
    { ...bindingFile('five', 'ClusterRole edit'), subjects: null },
  ])

  expect(held.map(({ subject, binding, rules }) => [subjectName(subject), bindingName(binding), rules.length])).toEqual(
    [
      ['Group dev', 'Role edit by RoleBinding shop/one', 1],
      ['ServiceAccount shop/ci', 'Role edit by RoleBinding shop/one', 1],
      ['User alice', 'Role edit by RoleBinding other/two', 0],
      ['User bob', 'ClusterRole edit by RoleBinding shop/three', 1],
      ['User carol', 'ClusterRole gone by ClusterRoleBinding four', 0],
    ],
  )
})
