import { expect, test } from '@jest/globals'
import { describeTemplate } from '../../../../src/cli/catalogue/describe-template.ts'
import { aClusterTemplate, aTemplate } from '../../../fixtures/example-template.ts'

test('what must be said is told, with its form, and is in the command', () => {
  const attributes = [{ key: 'ticket', pattern: 'OPS-\\d+' }, { key: 'note', optional: true }, { key: 'customer' }]

  expect(describeTemplate(aTemplate({ attributes }), 'shop', ' --context=a').split('\n').slice(-4)).toEqual([
    '  needs --attribute ticket=…, matching OPS-\\d+',
    '  may have --attribute note=…',
    '  needs --attribute customer=…',
    '  kubectl access request exec -n shop --template web --context=a',
  ])
})

test('a hole of a command stands without quotes, and its rule is told', () => {
  const exec = {
    target: { kind: 'Deployment', name: 'web' },
    commands: [
      ['tail', '-n', '<lines>', '<path>'],
      ['cat', '<path>'],
    ],
    holes: [
      { name: 'path', pattern: '/var/log/[a-z]+' },
      { name: 'lines', range: { min: 1, max: 100 } },
    ],
  }

  expect(
    describeTemplate(aTemplate({ access: { exec } }), 'shop', ' --context=a')
      .split('\n')
      .slice(1, 6),
  ).toEqual([
    '  exec into Deployment web',
    '  command tail -n <lines> <path>',
    '  command cat <path>',
    '  where <lines> must be a whole number from 1 to 100',
    '  where <path> must match /var/log/[a-z]+ as a whole',
  ])
})

test('roles are told one by one, with where they are given and the verb that asks for them', () => {
  const bindings = [
    { roleRef: { kind: 'ClusterRole' as const, name: 'view' } },
    { roleRef: { kind: 'Role' as const, name: 'restart' }, namespaces: ['shop', 'jobs'] },
  ]

  expect(
    describeTemplate(aClusterTemplate({ access: { role: { bindings } } }), 'shop', ' --context=a').split('\n'),
  ).toEqual([
    'ClusterAccessTemplate web',
    '  gives ClusterRole view in namespace shop',
    '  gives Role restart in namespace shop',
    '  gives Role restart in namespace jobs',
    '  at most 1h',
    '  kubectl access request role -n shop --cluster-template web --context=a',
  ])
})
