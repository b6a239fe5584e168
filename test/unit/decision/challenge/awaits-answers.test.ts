import { expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { awaitsAnswers } from '../../../../src/decision/challenge/awaits-answers.ts'
import { usedTemplate } from '../../../../src/decision/template.ts'
import { active, aRequest, aTemplate, pending } from '../../../fixtures/example-access.ts'

const template = aTemplate()
const asked = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } })
const waits = pending(asked, template)
const bound = { bindings: [{ roleRef: { kind: 'ClusterRole', name: 'view' }, namespace: 'shop' }] } as const
const forRoles: AccessRequest = {
  ...asked,
  status: { phase: 'Pending', bindings: [...bound.bindings], template: usedTemplate(template) },
}

test.each<[string, boolean, AccessRequest, typeof template | undefined]>([
  ['whose pod is known is', true, waits, template],
  ['for roles, which has no pod, is', true, forRoles, template],
  ['whose pod is not known yet is not', false, asked, template],
  ['that was approved is not', false, active(asked, template), template],
  ['that has ended is not', false, { ...waits, status: { ...waits.status, phase: 'Denied' } }, template],
  ['without a template is not', false, pending(), undefined],
  ['whose template is gone is not', false, waits, undefined],
  [
    'whose template was changed is not',
    false,
    waits,
    { ...template, metadata: { ...template.metadata, generation: 2 } },
  ],
])('a request %s asked about', (_title, is, request, found) => {
  expect(awaitsAnswers(request, found)).toBe(is)
})
