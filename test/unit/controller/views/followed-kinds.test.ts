import { expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { Pod } from '../../../../src/api/pod.ts'
import type { KubeObject } from '../../../../src/cluster/client/resource.ts'
import { createMirror, type Mirror } from '../../../../src/cluster/reflector/mirror.ts'
import {
  followedBindings,
  followedPods,
  followedProvided,
  followedRequests,
  followedTemplates,
  followedWorkloads,
} from '../../../../src/controller/views/followed-kinds.ts'
import type { Provided } from '../../../../src/controller/views/views.ts'
import { active, aPod, aRequest, aTemplate, pending } from '../../../fixtures/example-access.ts'

/** Returns requests as the view has them. */
function viewed(...requests: readonly AccessRequest[]): Mirror<AccessRequest> {
  const view = createMirror<AccessRequest>(followedRequests.indexes, () => undefined)
  view.replace(requests)
  return view
}

const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const ended: AccessRequest = { ...active(), status: { ...active().status, phase: 'Expired' } }
const none = { by: () => [], all: () => [] }

const copied = { 'access.sallyport.dev/request': 'gone' }

/** An object in namespace shop that was made for request bank/look. */
const made: Provided = {
  apiVersion: 'v1',
  kind: 'Any',
  metadata: {
    name: 'made',
    namespace: 'shop',
    uid: 'uid',
    annotations: { 'access.sallyport.dev/request': 'look', 'access.sallyport.dev/request-namespace': 'bank' },
  },
}

/** Returns the requests that pod shop/web-0 concerns. */
function concernedBy(metadata: Partial<Pod['metadata']>, ...requests: readonly AccessRequest[]): readonly string[] {
  const pod = { apiVersion: 'v1', kind: 'Pod', ...aPod({ metadata }) }
  return followedPods({ requests: viewed(...requests), records: none }).concerns('shop/web-0', pod)
}

test('a pod concerns the requests about it, those that wait for a pod in its namespace, and no others', () => {
  const about = pending()
  const waits = aRequest({ templateRef, exec: {} }, { name: 'waits' })
  const elsewhere = aRequest({ templateRef, exec: {} }, { name: 'elsewhere', namespace: 'bank' })

  expect(concernedBy({}, about, waits, elsewhere)).toEqual(['shop/look', 'shop/waits'])
  expect(concernedBy({}, ended)).toEqual([])
})

test('a pod that was made for a request concerns it, also where that is gone; an annotation that was copied does not', () => {
  const labels = { 'access.sallyport.dev/request-uid': 'request-1' }

  expect(concernedBy({ annotations: copied, labels })).toEqual(['shop/gone'])
  expect(concernedBy({ annotations: copied })).toEqual([])
})

test('only a binding may be of a request in another namespace', () => {
  expect(followedBindings.concerns('shop/made', made)).toEqual(['bank/look'])
  expect(followedProvided.concerns('shop/made', made)).toEqual(['shop/look'])
})

test('a template concerns the unfinished requests that name it, and itself', () => {
  const requests = viewed(
    aRequest({ templateRef }, { name: 'named' }),
    aRequest({ templateRef: { ...templateRef, name: 'db' } }, { name: 'other' }),
  )
  const { concerns, concernsTemplate } = followedTemplates({ requests })

  expect(concerns('shop/web', aTemplate())).toEqual(['shop/named'])
  expect(concernsTemplate?.(aTemplate())).toEqual(['shop/AccessTemplate/web'])
})

test('a workload concerns the templates that target it by name, and the requests that wait beside it', () => {
  const requests = viewed(aRequest({ templateRef, exec: {} }, { name: 'waits' }))
  const templates = { by: (_index: string, name: string) => (name === 'web' ? [aTemplate()] : []), all: () => [] }
  const followed = followedWorkloads({ requests, templates, clusterTemplates: none })
  const workload = (name: string): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', uid: 'workload-1' },
  })

  expect(followed.concerns('shop/web', workload('web'))).toEqual(['shop/waits'])
  expect(followed.concernsTemplate?.(workload('web'))).toEqual(['shop/AccessTemplate/web'])
  expect(followed.concernsTemplate?.(workload('db'))).toEqual([])
})
