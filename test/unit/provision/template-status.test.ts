import { describe, expect, test } from '@jest/globals'
import type { AnyTemplate } from '../../../src/api/kinds/access-template.ts'
import { templateStatus, type TemplateFindings } from '../../../src/provision/template-status.ts'
import type { FailedTrial } from '../../../src/provision/template-trial.ts'
import { at } from '../../fixtures/example-access.ts'
import { aClusterTemplate, aTemplate } from '../../fixtures/example-template.ts'

const now = at('12:00:00')
const own = aTemplate({ access: { shell: { podTemplate: {} } } })
const found = (targets: number | undefined, failed?: FailedTrial): TemplateFindings => ({ targets, failed })

describe('a template is ready', () => {
  test.each<[string, AnyTemplate, TemplateFindings, [status: string, message: string]]>([
    ['while its target is there', aTemplate(), found(1), ['True', 'Deployment web exists']],
    [
      'and is not while it is nowhere',
      aTemplate(),
      found(0),
      ['False', 'Deployment web is in none of the namespaces that this template is for'],
    ],
    ['where it needs no workload', own, found(undefined), ['True', 'this template needs no workload']],
  ])('%s', (_title, template, findings, [status, message]) => {
    const { conditions, observedGeneration } = templateStatus(template, findings, now)

    expect(conditions).toEqual([
      expect.objectContaining({ type: 'TargetExists', status, message }),
      expect.objectContaining({ type: 'Ready', status, message }),
    ])
    expect(observedGeneration).toBe(1)
  })

  test('since the moment in which that changed', () => {
    const before = templateStatus(aTemplate(), found(0), now)
    const unchanged = templateStatus({ ...aTemplate(), status: before }, found(0), at('13:00:00'))
    const changed = templateStatus({ ...aTemplate(), status: before }, found(2), at('13:00:00'))

    expect(unchanged).toEqual(before)
    const times = (status: typeof before) =>
      status.conditions?.map(({ lastTransitionTime }) => Date.parse(lastTransitionTime))
    expect(times(unchanged)).toEqual([now, now])
    expect(times(changed)).toEqual([at('13:00:00'), at('13:00:00')])
  })
})

describe('a template is not ready while a request under it would fail', () => {
  const problem = 'Rollout web has no pod template: spec.template is absent'
  const failed = { namespace: 'shop', problem, reason: 'Unusable', tried: 1, offered: 1 } as const
  const refused = {
    ...failed,
    problem: 'the API server refused its Pod, and Sallyport tries again: no room',
    reason: 'Refused',
  } as const

  test.each<[string, AnyTemplate, FailedTrial, [reason: string, message: string]]>([
    ['in the words of the request', aTemplate(), failed, ['Unusable', problem]],
    ['in those of the API server', aTemplate(), refused, ['Refused', refused.problem]],
    [
      'with the remedy first where Sallyport may not bind',
      aClusterTemplate(),
      { ...failed, problem: 'Have an administrator', reason: 'CannotBind' },
      ['CannotBind', 'Have an administrator'],
    ],
    ['with the namespace where there are many', aClusterTemplate(), failed, ['Unusable', `in shop: ${problem}`]],
    [
      'with how many there are',
      aClusterTemplate(),
      { ...refused, tried: 8, offered: 40 },
      ['Refused', `in shop, tried in 8 of 40 namespaces: ${refused.problem}`],
    ],
  ])('%s', (_title, template, trial, [reason, message]) => {
    expect(templateStatus(template, found(1, trial), now).conditions).toEqual([
      expect.objectContaining({ type: 'TargetExists', status: 'True', message: 'Deployment web exists' }),
      expect.objectContaining({ type: 'Ready', status: 'False', reason, message }),
    ])
  })

  test('and whatever the API server says, the condition can hold it', () => {
    const { conditions } = templateStatus(aTemplate(), found(1, { ...failed, problem: 'x'.repeat(10_000) }), now)

    expect(conditions?.[1]?.message.length).toBeLessThanOrEqual(4_096)
  })
})
