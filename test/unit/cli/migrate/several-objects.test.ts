import { describe, expect, test } from '@jest/globals'
import { convertAll } from '../../../../src/cli/migrate/convert-all.ts'
import { migrated, ozTemplate } from './examples.ts'

describe('RBAC', () => {
  const rule = { apiGroups: ['spreadgroup.com'], resources: ['accessgrants'], verbs: ['create'] }
  const rbac = 'rbac.authorization.k8s.io'
  const role = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'granter' }, rules: [rule] }
  const bindingOf = (subjects: readonly object[]): object => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'granters' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'granter' },
    subjects,
  })

  test.each([
    ['people', [{ kind: 'Group', name: 'sre' }], undefined],
    ['a program', [{ kind: 'ServiceAccount', name: 'gate', namespace: 'x' }], /^Only service accounts have this role/],
  ])('a role of %s', (_title, subjects, remedy) => {
    const [told, binding] = migrated(role, bindingOf(subjects))

    expect(told?.notes[0]?.remedy).toEqual(remedy === undefined ? undefined : expect.stringMatching(remedy))
    expect(binding?.objects).toMatchObject(
      remedy === undefined
        ? [{ metadata: { name: 'granters-sallyport-approver' }, roleRef: { name: 'sallyport-approver' } }]
        : [],
    )
  })

  test.each([
    [['get'], 'accessgrants', ['view']],
    [['get', 'create'], 'accessrequests', ['requestor']],
    [['*'], '*', ['requestor', 'approver', 'template-author']],
    [['update'], 'accessrequests/status', ['view']],
    [['get'], 'podconfigs', []],
    [['create'], 'constructor', []],
  ])('%s of %s', (verbs, resource, parts) => {
    const group = { kind: 'Group', name: 'sre' }
    const [, binding] = migrated({ ...role, rules: [{ ...rule, resources: [resource], verbs }] }, bindingOf([group]))

    const names = binding?.objects.map(({ roleRef }) => (roleRef as { name: string }).name)
    expect(names).toEqual(parts.map((part) => `sallyport-${part}`))
  })
})

describe('several objects', () => {
  test('of two with one name, the last one is written, and the other says so', () => {
    const [first, last] = migrated(
      ozTemplate('ExecAccessTemplate'),
      ozTemplate('ExecAccessTemplate', { accessConfig: { allowedGroups: ['ops'] } }),
    )

    expect([first?.objects, last?.objects.length]).toEqual([[], 1])
    expect(first?.notes[0]?.why).toContain('only the last one is written')
  })

  test('what several need is written once', () => {
    const controllerTargetRef = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' }
    const kinds = migrated(
      ozTemplate('ExecAccessTemplate', { controllerTargetRef }),
      ozTemplate('PodAccessTemplate', { controllerTargetRef }),
    ).flatMap(({ objects }) => objects.map(({ kind }) => kind))

    expect(kinds).toEqual(['ClusterRole', 'ClusterRoleBinding', 'AccessTemplate', 'AccessTemplate'])
  })

  test('the namespace of the command line is for those that name none', () => {
    const documents = [
      { ...ozTemplate('ExecAccessTemplate'), metadata: { name: 'here' } },
      ozTemplate('ExecAccessTemplate'),
    ].map((object) => ({ origin: 'f', object: object as Readonly<Record<string, unknown>> }))

    const objects = convertAll(documents, 'other').flatMap((one) => one.objects)

    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(['other', 'shop'])
  })
})
