import { expect, test } from '@jest/globals'
import { allowed, denied } from '../../../../src/decision/decision.ts'
import { underEnforcement } from '../../../../src/decision/gate/gate.ts'

const denial = denied('E_NO_PASS', 'alice has no access')

test('Enforce changes nothing', () => {
  expect(underEnforcement(denial, 'Enforce')).toBe(denial)
})

test('Observe lets in and keeps the denial for the record', () => {
  expect(underEnforcement(denial, 'Observe')).toMatchObject({ verdict: 'allow', code: 'OBSERVED', would: denial })
})

test('Observe leaves what was let in anyway', () => {
  const exempt = allowed('EXEMPT', 'why')

  expect(underEnforcement(exempt, 'Observe')).toBe(exempt)
})
