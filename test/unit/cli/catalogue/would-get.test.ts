import { describe, expect, test } from '@jest/globals'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import { offeredBy } from '../../../../src/cli/catalogue/can-i.ts'
import { sampleRequest, wouldGet } from '../../../../src/cli/catalogue/would-get.ts'
import { at, aTemplate } from '../../../fixtures/example-access.ts'

const now = at('12:00:00')
const sre = [{ kind: 'Group' as const, name: 'sre' }]

function tried(
  spec: Partial<AccessTemplate['spec']>,
  terms: Parameters<typeof sampleRequest>[1] = {},
  username = 'alice',
): ReturnType<typeof wouldGet> {
  const template = aTemplate(spec)
  const who = { username, groups: username === 'alice' ? ['dev'] : [] }
  const sample = sampleRequest(template, { reason: 'r', ...terms })
  return wouldGet({ template, who, namespace: 'shop', labels: {}, now, spec: sample })
}

const valueOf = ({ lines }: ReturnType<typeof wouldGet>, title: string): string | undefined =>
  lines.find(([name]) => name === title)?.[1]

describe('a test of a template says', () => {
  test('what a subject would get, and for how long', () => {
    const result = tried({ duration: { default: '30m', max: '2h' } })

    expect(result.isAllowed).toBe(true)
    expect(valueOf(result, 'gives')).toBe('exec into Pod web-0')
    expect(valueOf(result, 'duration')).toBe('30m, at most 2h')
    expect(valueOf(result, 'needs')).toBe('approval by nobody')
    expect(valueOf(result, 'request')).toBe('it would be taken')
  })

  test('that somebody else is not a subject', () => {
    const result = tried({}, {}, 'mallory')

    expect(result.isAllowed).toBe(false)
    expect(valueOf(result, 'subject')).toMatch(/^mallory is NOT one of: group dev/)
    expect(valueOf(result, 'request')).toMatch(/^it would be refused: .* is not for mallory/)
  })

  test('what a request would lack', () => {
    const attributes = [{ key: 'ticket', pattern: 'OPS-[0-9]+' }]

    expect(valueOf(tried({ attributes }), 'request')).toContain('spec.attributes.ticket is missing')
    expect(tried({ attributes }, { attribute: { ticket: 'OPS-1' } }).isAllowed).toBe(true)
    expect(valueOf(tried({ duration: { max: '1h' } }, { duration: '3h' }), 'request')).toContain('at most 1h')
  })

  test('who must approve, and when it opens', () => {
    const hours = { timeZone: 'UTC', from: '14:00', to: '18:00', wait: true }
    const open = { timeZone: 'UTC', from: '09:00', to: '18:00' }
    const result = tried({ challenges: [{ peerReview: { count: 2, reviewers: sre } }, { timeWindow: hours }] })

    expect(valueOf(result, 'needs')).toBe('approval by 2 of group sre')
    expect(valueOf(result, 'open')).toBe('not now, next Sat 2026-11-21 14:00 in UTC')
    expect(valueOf(tried({ challenges: [{ timeWindow: open }] }), 'open')).toBe(
      'now, until Sat 2026-11-21 18:00 in UTC',
    )
  })
})

test('a way in is told with what it needs', () => {
  const challenges = [{ peerReview: { count: 1, reviewers: sre } }]

  expect(offeredBy(aTemplate({ challenges }))).toBe(
    'No, but AccessTemplate web offers it: needs approval by 1 of group sre.',
  )
  const expression = { cel: 'true', message: 'clear\u001b[2J \u202e' }
  expect(offeredBy(aTemplate({ challenges: [{ expression }] }))).toContain('clear\\u001b[2J \\u202e')
  expect(offeredBy(aTemplate())).toBe("No, but AccessTemplate web offers it: it needs nobody's approval.")
})
