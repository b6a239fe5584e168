import { expect, test } from '@jest/globals'
import { observedIn } from '../../../../src/cli/doctor/observed.ts'

const line = (fields: object): string =>
  JSON.stringify({
    msg: 'admission decided',
    code: 'OBSERVED',
    user: 'alice',
    namespace: 'shop',
    resource: 'pods/exec',
    ...fields,
  })

test('calls are counted by user, namespace, way and command, the most frequent first', () => {
  const observed = observedIn([
    line({ command: ['id'], would: 'E_NO_PASS' }),
    line({ command: ['sh', '-c', 'date'], would: 'E_NO_PASS' }),
    line({ command: ['sh', '-c', 'date'], would: 'E_NO_PASS' }),
    line({ resource: 'nodes/proxy', namespace: undefined, would: 'E_NODE_PATH' }),
    line({ code: 'E_NO_PASS' }),
    'a line that is not JSON',
    '',
  ])

  const alice = { user: 'alice', namespace: 'shop', way: 'pods/exec' }
  expect(observed).toEqual([
    { ...alice, command: 'sh -c date', would: 'E_NO_PASS', count: 2 },
    { ...alice, command: 'id', would: 'E_NO_PASS', count: 1 },
    { ...alice, namespace: '', way: 'nodes/proxy', command: '', would: 'E_NODE_PATH', count: 1 },
  ])
})
