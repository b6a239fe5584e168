import { expect, test } from '@jest/globals'
import { tamperedInstallation } from '../../../src/controller/self-check/installation-check.ts'
import { whatPasses } from '../../../src/install/what-passes.ts'

const kind = 'ValidatingWebhookConfiguration'
const of = (field: string): string => `webhooks[gate.access.sallyport.dev].${field} is 1, and should be 2`

test.each<[string, readonly string[], string]>([
  ['namespaces', [of('namespaceSelector.matchExpressions')], 'namespaces that it leaves out'],
  ['objects', [of('objectSelector')], 'every way into every pod is open'],
  ['rules', [of('rules[0].resources[1]')], 'the ways in that it leaves out'],
  ['conditions', [of('matchConditions[enters].expression')], 'the ways in that it leaves out'],
  ['what fails open', [of('failurePolicy')], 'while no replica answers'],
  ['another server', [of('clientConfig.url')], 'another server may answer'],
  ['no webhook', ['webhooks[gate.access.sallyport.dev] is absent, and should be {}'], 'asks no gate'],
  ['no webhooks', ['webhooks is absent, and should be []'], 'asks no gate'],
  ['no object', ['the object is absent'], 'asks no gate'],
])('it is told what a changed webhook lets pass: %s', (_title, differences, words) => {
  expect(whatPasses(kind, differences)).toContain(words)
})

test('each opening is told, once', () => {
  expect(
    whatPasses(kind, [of('failurePolicy'), of('objectSelector'), of('objectSelector.x')])?.split('; '),
  ).toHaveLength(2)
})

test('what opens nothing is not called open, and a policy is one, too', () => {
  expect(whatPasses(kind, ['metadata.labels[app] is absent, and should be "x"', of('timeoutSeconds')])).toBeUndefined()
  expect(whatPasses('ValidatingAdmissionPolicyBinding', ['spec.validationActions[0] is 1'])).toContain('may pass')
})

test('the event of a war says so, and what passes', () => {
  const found = { code: 'E_NOT_RESTORED', kind, name: 'sallyport', outcome: 'not restored', differences: [] } as const

  expect(tamperedInstallation({ ...found, restoredBefore: 3, meanwhile: 'every way in is open' })).toMatchObject({
    finding: { code: 'E_NOT_RESTORED', outcome: 'not restored' },
    message:
      'ValidatingWebhookConfiguration sallyport is changed again and again after it was restored: not restored; ' +
      'meanwhile every way in is open',
  })
})
