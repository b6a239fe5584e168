import { describe, expect, test } from '@jest/globals'
import { refusedBy } from '../../../../src/cli/enter/refusal.ts'
import { refusalText } from '../../../../src/cli/enter/show-refusal.ts'

const gate = 'error: unable to upgrade connection: admission webhook "gate.access.sallyport.dev" denied the request: '

function shown(text: string): string | undefined {
  const refused = refusedBy(text)
  return refused && refusalText(refused)
}

describe('who has run kubectl access is not told to run it', () => {
  test.each([
    'Ask, and go in:\nkubectl access exec web-0 -n shop -- id',
    'Leave out -i, or make another request. Ask for it, and then try again:\nkubectl access request exec web-0 -n shop -i -- id',
    'Any other sentence:\nkubectl access port-forward web-0 -n shop :8080',
  ])('%s', (remedy) => {
    const text = `${gate}Request look ended: bob revoked it: (E_USED) (E_ENDED). ${remedy}\nWays in that are offered: kubectl access templates -n shop\nAsk in #ops.\n`

    expect(shown(text)).toBe(
      `${gate}Request look ended: bob revoked it: (E_USED) (E_ENDED).\nWays in that are offered: kubectl access templates -n shop\nAsk in #ops.\n`,
    )
  })
})

test.each([
  `${gate}Request look waits for approval (E_PENDING). An approver can look at it:\nkubectl access approve look -n shop\n`,
  'Error from server (Forbidden): pods "web-0" is forbidden: User "alice" cannot get resource "pods" in\n',
])('all else is shown as it is: %s', (text) => {
  expect(shown(text)).toBe(text)
})
