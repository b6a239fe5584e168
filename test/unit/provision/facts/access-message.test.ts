import { expect, test } from '@jest/globals'
import type { ExecTemplate } from '../../../../src/api/kinds/access/exec-template.ts'
import { accessMessage } from '../../../../src/provision/facts/access-message.ts'
import { active, anExecTemplate, aRequest } from '../../../fixtures/example-access.ts'
import { unknownFacts } from '../../../fixtures/plan-facts.ts'

test.each<[string, Partial<ExecTemplate>, string]>([
  [
    'the first command without a hole',
    { commands: [['cat', '<path>'], ['id']] },
    'kubectl exec web-0 -n shop -c app -- id',
  ],
  [
    'the rule of a hole, since nothing stands in it yet',
    { commands: [['cat', '<path>']] },
    'In container app of pod web-0, run cat <path>, where <path> must match /var/log/[a-z]+ as a whole',
  ],
])('a request for all commands of a template is told %s', (_title, offered, message) => {
  const template = anExecTemplate({ holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }], ...offered })
  const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
  const request = active(aRequest({ templateRef, exec: { pod: 'web-0' } }), template)
  const { target } = request.status ?? {}
  if (!target) throw new Error('the request has no target')

  expect(accessMessage({ ...unknownFacts, request, template }, target)).toBe(message)
})
