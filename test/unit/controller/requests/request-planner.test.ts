import { expect, test } from '@jest/globals'
import { createPlanner, type PlannerOptions } from '../../../../src/controller/requests/request-planner.ts'
import type { ValidatorAnswers } from '../../../../src/controller/requests/validator-answers.ts'
import { aRequest } from '../../../fixtures/example-access.ts'

test('of a request that is gone nothing is kept that a validator or an expression said', () => {
  const forgotten: string[] = []
  const validatorAnswers: ValidatorAnswers = { answersOf: () => new Map(), forget: (key) => forgotten.push(key) > 0 }
  const expressionAnswers: PlannerOptions['expressionAnswers'] = {
    answersOf: () => Promise.resolve(new Map()),
    forget: (key) => forgotten.push(key),
  }
  const rehearsals: PlannerOptions['rehearsals'] = {
    rehearse: () => Promise.reject(new Error('nothing is rehearsed here')),
    forget: () => undefined,
  }
  // The other parts are not used here.
  const planner = createPlanner({ validatorAnswers, expressionAnswers, rehearsals } as PlannerOptions)

  planner.seen('shop/look', aRequest())
  expect(forgotten).toEqual([])
  planner.seen('shop/look', undefined)
  expect(forgotten).toEqual(['shop/look', 'shop/look'])
})
