import { describe, expect, test } from '@jest/globals'
import { allowed, denied } from '../../../../src/decision/decision.ts'
import { withWaysIn } from '../../../../src/decision/gate/ways-in.ts'
import type { DenyCode } from '../../../../src/decision/text/codes.ts'

const waysIn = 'Ways in that are offered: kubectl access templates -n shop'
const hint = 'Ask in #ops.'

describe('a denial ends with', () => {
  test.each<[string, DenyCode, { namespace?: string; text?: string }, readonly string[]]>([
    ['the ways in that are offered', 'E_NO_PASS', { namespace: 'shop' }, [waysIn]],
    ['and the hint of the config', 'E_NO_PASS', { namespace: 'shop', text: hint }, [waysIn, hint]],
    ['only the hint while somebody must approve', 'E_PENDING', { namespace: 'shop', text: hint }, [hint]],
    ['only the hint where there is no namespace', 'E_NODE_PATH', { text: hint }, [hint]],
    ['no name that a terminal would obey', 'E_NO_PASS', { namespace: '\u001b[2J' }, []],
    ['nothing else where neither helps', 'E_INTERNAL', { namespace: 'shop', text: hint }, []],
  ])('%s', (_title, code, { namespace, text }, lines) => {
    const denial = denied(code, 'no')

    expect(withWaysIn(denial, namespace, text)).toEqual({ ...denial, message: [denial.message, ...lines].join('\n') })
  })

  test('the ways in only once', () => {
    const denial = denied('E_NOT_LISTED', 'no', 'See which do:\nkubectl access templates -n shop')

    expect(withWaysIn(denial, 'shop', undefined)).toEqual(denial)
  })

  test('an allow stays as it is', () => {
    const allow = allowed('EXEMPT', 'why')

    expect(withWaysIn(allow, 'shop', hint)).toBe(allow)
  })
})
