import { expect, test } from '@jest/globals'
import { describeTemplate } from '../../../../src/cli/catalogue/describe-template.ts'
import { aClusterTemplate, aTemplate } from '../../../fixtures/example-template.ts'

test('what must be said is told, with its form, and is in the command', () => {
  const attributes = [{ key: 'ticket', pattern: 'OPS-\\d+' }, { key: 'note', optional: true }, { key: 'customer' }]

  expect(describeTemplate(aTemplate({ attributes }), 'shop').split('\n').slice(-4)).toEqual([
    '  needs --attribute ticket=…, matching OPS-\\d+',
    '  may have --attribute note=…',
    '  needs --attribute customer=…',
    '  kubectl access request exec -n shop --template web',
  ])
})

test('roles are told one by one, with where they are given and the verb that asks for them', () => {
  const bindings = [
    { roleRef: { kind: 'ClusterRole' as const, name: 'view' } },
    { roleRef: { kind: 'Role' as const, name: 'restart' }, namespaces: ['shop', 'jobs'] },
  ]

  expect(describeTemplate(aClusterTemplate({ access: { role: { bindings } } }), 'shop').split('\n')).toEqual([
    'ClusterAccessTemplate web',
    '  gives ClusterRole view in namespace shop',
    '  gives Role restart in namespace shop',
    '  gives Role restart in namespace jobs',
    '  at most 1h',
    '  kubectl access request role -n shop --cluster-template web',
  ])
})
