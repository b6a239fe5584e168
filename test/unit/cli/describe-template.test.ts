import { expect, test } from '@jest/globals'
import { describeTemplate } from '../../../src/cli/describe-template.ts'
import { aTemplate } from '../../fixtures/example-template.ts'

test('what must be said is told, with its form, and is in the command', () => {
  const attributes = [{ key: 'ticket', pattern: 'OPS-\\d+' }, { key: 'note', optional: true }, { key: 'customer' }]

  expect(describeTemplate(aTemplate({ attributes }), 'shop').split('\n').slice(-4)).toEqual([
    '  needs --attribute ticket=…, matching OPS-\\d+',
    '  may have --attribute note=…',
    '  needs --attribute customer=…',
    '  kubectl access request exec -n shop --template web --reason "…" --attribute ticket=… --attribute customer=…',
  ])
})
