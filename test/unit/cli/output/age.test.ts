import { expect, test } from '@jest/globals'
import { ageText } from '../../../../src/cli/output/age.ts'

const [minute, hour, day] = [60, 3_600, 86_400]

test.each([
  [-5, '0s'],
  [0, '0s'],
  [119, '119s'],
  [2 * minute, '2m'],
  [5 * minute + 10, '5m10s'],
  [10 * minute + 59, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 20 * minute, '3h20m'],
  [47 * hour, '47h'],
  [2 * day + 5 * hour, '2d5h'],
  [30 * day, '30d'],
])('an age of %d seconds is %s, as kubectl writes it', (seconds, expected) => {
  expect(ageText(0, seconds * 1_000)).toBe(expected)
})
