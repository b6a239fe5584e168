import { expect, test } from '@jest/globals'
import { unreached } from '../../../scripts/dev/unreached.ts'

test('where the API server does not reach the gate: where it called, what it says, and what to do', () => {
  const at = { calledHost: '172.18.0.1', listenHost: '127.0.0.1', because: 'so it is' }
  const text = unreached(at, 40093, 'dial tcp 172.18.0.1:40093: i/o timeout')

  expect(text).toContain('at 172.18.0.1, port 40093. It says: dial tcp 172.18.0.1:40093: i/o timeout')
  for (const hint of ['firewall', '--called-at HOST:PORT', 'rootless Docker', 'npm run cluster -- up']) {
    expect(text).toContain(hint)
  }
})
