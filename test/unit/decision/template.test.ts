import { describe, expect, test } from '@jest/globals'
import type { AccessTemplate } from '../../../src/api/kinds/access-template.ts'
import { askedDuration, targetRef, templateChanged, usedTemplate } from '../../../src/decision/template.ts'
import { aTemplate } from '../../fixtures/example-template.ts'

const ref = { kind: 'AccessTemplate', name: 'web' } as const
const used = usedTemplate(aTemplate())

describe('a template that a request was taken up under', () => {
  test.each<[string, AccessTemplate | undefined, string | undefined]>([
    ['is the same', aTemplate(), undefined],
    ['is the same with another label', aTemplate({}, { resourceVersion: '2', labels: { team: 'a' } }), undefined],
    ['is gone', undefined, 'AccessTemplate web is gone'],
    [
      'is gone while it is being deleted',
      aTemplate({}, { deletionTimestamp: '2026-11-21T12:00:00Z' }),
      'AccessTemplate web is gone',
    ],
    ['was changed', aTemplate({}, { generation: 2 }), 'AccessTemplate web was changed'],
    [
      'was replaced',
      aTemplate({}, { uid: 'template-2' }),
      'AccessTemplate web was replaced by another of the same name',
    ],
  ])('%s', (_title, template, why) => {
    expect(templateChanged(ref, used, template)).toBe(why)
  })

  test('is another where nothing was noted', () => {
    expect(templateChanged(ref, undefined, aTemplate())).toContain('was replaced')
  })
})

describe('how long a request is for', () => {
  const hours = (count: number): number => count * 3_600_000
  test.each<[string, string | undefined, AccessTemplate | undefined, number]>([
    ['is what it says', '2h', aTemplate({ duration: { max: '4h' } }), hours(2)],
    ['is an hour where nobody says', undefined, undefined, hours(1)],
    ['is the default of its template', undefined, aTemplate({ duration: { default: '2h', max: '4h' } }), hours(2)],
    ['is an hour where the template has a maximum alone', undefined, aTemplate({ duration: { max: '4h' } }), hours(1)],
    ['is the maximum where that is less', undefined, aTemplate({ duration: { max: '30m' } }), hours(0.5)],
    ['is nothing where it cannot be read', 'long', undefined, 0],
  ])('%s', (_title, duration, template, ms) => {
    expect(askedDuration(duration === undefined ? {} : { duration }, template)).toBe(ms)
  })
})

test('the workload of a template is what it targets, or what its shell pods are made after', () => {
  const from = { kind: 'StatefulSet', name: 'db' }

  expect(targetRef(aTemplate())).toEqual({ kind: 'Deployment', name: 'web' })
  expect(targetRef(aTemplate({ access: { shell: { from } } }))).toEqual(from)
  expect(targetRef(aTemplate({ access: { shell: { podTemplate: {} } } }))).toBeUndefined()
})
