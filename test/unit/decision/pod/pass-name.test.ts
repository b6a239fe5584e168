import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { passName } from '../../../../src/decision/pod/pass-name.ts'

test('is a name an object may have, and stays as it is', () => {
  // This value must never change: with another name in a new release, every live pass would be lost.
  expect(passName('alice', 'web-0')).toBe('p-bou2jmpjelaaipx4ttedmvhsmustfsjr4yk2jflgjj5lhvn66u2q')
  expect(passName('system:serviceaccount:shop:ci', 'ä'.repeat(200))).toMatch(/^p-[a-z2-7]{52}$/)
})

test.each([
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [
    ['alice/web', '0'],
    ['alice', 'web/0'],
  ],
  [
    ['', 'ab'],
    ['ab', ''],
  ],
  [
    ['alice\u0000', 'web'],
    ['alice', '\u0000web'],
  ],
  // The first username contains the length that would be hashed before the pod.
  [
    ['a\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001b', ''],
    ['a', 'b'],
  ],
  // The second username looks the same but has other bytes.
  [
    ['\u00e9', 'web'],
    ['e\u0301', 'web'],
  ],
] as const)('%j and %j differ', ([user, pod], [otherUser, otherPod]) => {
  expect(passName(user, pod)).not.toBe(passName(otherUser, otherPod))
})

test('any split of the same text differs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(), fc.nat(), (text, a, b) => {
      const [i, j] = [a % (text.length + 1), b % (text.length + 1)]
      const same = passName(text.slice(0, i), text.slice(i)) === passName(text.slice(0, j), text.slice(j))
      expect(same).toBe(i === j)
    }),
  )
})
