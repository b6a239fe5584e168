import { expect, test } from '@jest/globals'
import { flagsToShow } from '../../../../src/cli/connection/flags.ts'

test('a printed command has the flags that the user typed, quoted, and never a secret', () => {
  const choice = { context: 'stag ing', as: 'carol', namespace: 'shop', token: 'secret', password: 'secret' }

  expect(flagsToShow(choice)).toBe(" '--context=stag ing' --as=carol")
  expect(flagsToShow({ namespace: 'shop' })).toBe('')
})
