import { expect, test } from '@jest/globals'
import { say } from '../../../../src/decision/text/sentence.ts'

test('the values of a text are escaped, the text itself is not', () => {
  expect(say`${'a\nb'} says\n${'c'}`).toBe('a\\u000ab says\nc')
})
