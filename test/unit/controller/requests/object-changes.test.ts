import { expect, test } from '@jest/globals'
import type { ControllerWork } from '../../../../src/audit/event/controller-event.ts'
import type { ApplySet, Change } from '../../../../src/cluster/apply/apply-set.ts'
import { controllerWorkOf, tellingApplySet } from '../../../../src/controller/requests/object-changes.ts'

const request = { namespace: 'shop', name: 'look', uid: 'u-1' }
const { signal } = new AbortController()

function change(of: Change['change'], fields: Partial<Change> = {}): Change {
  return { change: of, kind: 'RoleBinding', namespace: 'shop', name: 'sallyport-u-1', uid: 'o-1', ...fields }
}

function told(happenings: readonly ControllerWork[]): readonly string[] {
  return happenings.map((one) => (one.what === 'objects' ? one.verb : one.what))
}

test.each<[string, Change, boolean, readonly string[]]>([
  ['made before it is live', change('made'), false, ['provisioned']],
  ['made while it is live: somebody had deleted it', change('made'), true, ['repaired', 'tampering']],
  ['written again while it is live', change('restored'), true, ['repaired', 'tampering']],
  ['written again before', change('restored'), false, ['repaired', 'tampering']],
  ['removed at the end', change('removed'), false, ['removed']],
  ['removed while it is live: somebody had put it there', change('removed'), true, ['removed', 'tampering']],
  ['a pod whose deadline is set', change('adjusted', { kind: 'Pod' }), true, []],
  ['a pod whose marks somebody took off', change('restored', { kind: 'Pod' }), true, ['repaired', 'tampering']],
])('%s', (_title, one, isLive, expected) => {
  expect(told(controllerWorkOf(request, [one], isLive))).toEqual(expected)
})

test('the text says what was done to which object', () => {
  const [, found] = controllerWorkOf(request, [change('restored')], true)

  expect(found).toMatchObject({
    finding: { code: 'E_OBJECT_CHANGED', outcome: 'restored' },
    message: 'RoleBinding sallyport-u-1 was changed',
  })
})

test('what a view that is behind has done twice is told once, and what is done anew is told', async () => {
  const changes = [
    change('made'),
    change('made'),
    change('restored', { instead: '5' }),
    change('restored', { instead: '6' }),
  ]
  const applySet: ApplySet = () => Promise.resolve(changes.splice(0, 1))
  const happenings: ControllerWork[] = []
  const telling = tellingApplySet(applySet, { request: () => undefined, tell: (one) => happenings.push(one) })
  const desired = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'sallyport-u-1', namespace: 'shop', annotations: { 'access.sallyport.dev/request': 'look' } },
  }

  for (let call = 0; call < 4; call++) await telling({ uid: 'u-1' }, [desired], [], signal)

  expect(told(happenings)).toEqual(['provisioned', 'repaired', 'tampering', 'repaired', 'tampering'])
  expect(happenings[0]).toMatchObject({ request })
})
