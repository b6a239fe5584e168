import { describe, expect, test } from '@jest/globals'
import type { AnyTemplate } from '../../../src/api/kinds/access-template.ts'
import { templateStatus } from '../../../src/provision/template-status.ts'
import { at } from '../../fixtures/example-access.ts'
import { aTemplate } from '../../fixtures/example-template.ts'

const now = at('12:00:00')
const own = aTemplate({ access: { shell: { podTemplate: {} } } })

describe('a template is ready', () => {
  test.each<[string, AnyTemplate, { namespaces: number } | undefined, [status: string, message: string]]>([
    ['while its target is there', aTemplate(), { namespaces: 1 }, ['True', 'Deployment web is there']],
    [
      'and is not while it is nowhere',
      aTemplate(),
      { namespaces: 0 },
      ['False', 'Deployment web is in none of the namespaces that this is for'],
    ],
    ['where it needs no workload', own, undefined, ['True', 'it needs no workload']],
  ])('%s', (_title, template, found, [status, message]) => {
    const { conditions, observedGeneration } = templateStatus(template, found, now)

    expect(conditions).toEqual([
      expect.objectContaining({ type: 'TargetExists', status, message }),
      expect.objectContaining({ type: 'Ready', status, message }),
    ])
    expect(observedGeneration).toBe(1)
  })

  test('since the moment in which that changed', () => {
    const before = templateStatus(aTemplate(), { namespaces: 0 }, now)
    const unchanged = templateStatus({ ...aTemplate(), status: before }, { namespaces: 0 }, at('13:00:00'))
    const changed = templateStatus({ ...aTemplate(), status: before }, { namespaces: 2 }, at('13:00:00'))

    expect(unchanged).toEqual(before)
    const times = (status: typeof before) =>
      status.conditions?.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime))
    expect(times(unchanged)).toEqual([now, now])
    expect(times(changed)).toEqual([at('13:00:00'), at('13:00:00')])
  })
})
