import { beforeAll, describe, expect, test } from '@jest/globals'
import { requestAnnotation, requestUidLabel } from '../../src/api/provided-object.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'
import { installKinds } from './installed-kinds.ts'

const namespace = 'shell-pod-policy'

beforeAll(async () => {
  await installKinds(namespace)
})

describe('the marks of a shell pod', () => {
  const own = { labels: { [requestUidLabel]: 'r-1' }, annotations: { [requestAnnotation]: 'look' } }
  const shellPod = 'sallyport-r-1'

  async function makePod(name: string): Promise<void> {
    // No node runs the pod, so nobody waits for its end. Without a node it would have no grace period.
    const spec = {
      nodeName: 'no-node',
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: 'shop/web:1' }],
    }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...own }, spec }
    // The service account of a namespace comes some time after the namespace.
    await until(
      'it is made',
      async () => (await kubectl('admin', ['create', '-f', '-'], JSON.stringify(pod))).code === 0,
    )
  }
  const patchPod = (name: string, metadata: object, ...more: readonly string[]): ReturnType<typeof kubectl> =>
    kubectl('admin', ['patch', 'pod', name, '-n', namespace, ...more, '-p', JSON.stringify({ metadata })])

  const strips: readonly (readonly [string, object])[] = [
    ['no label', { labels: { [requestUidLabel]: null } }],
    ['another label', { labels: { [requestUidLabel]: 'r-2' } }],
    ['no annotation', { annotations: { [requestAnnotation]: null } }],
  ]

  test('stay, whoever writes it, also while it is being deleted', async () => {
    await makePod(shellPod)
    await patchPod(shellPod, { finalizers: ['example.com/hold'] })
    const tried = async (): Promise<readonly string[]> => {
      const ways = strips.flatMap(([, change]) => [
        patchPod(shellPod, change),
        patchPod(shellPod, change, '--subresource=status'),
      ])
      return (await Promise.all(ways)).map(({ stderr }) => stderr)
    }

    const live = await tried()
    await admin(['delete', 'pod', shellPod, '-n', namespace, '--wait=false'])
    const leaving = await tried()

    for (const told of [...live, ...leaving]) {
      expect(told).toContain(
        `E_SHELL_POD: the label ${requestUidLabel} and the annotation ${requestAnnotation} of pod ${shellPod}`,
      )
    }
    expect((await patchPod(shellPod, { finalizers: null })).code).toBe(0)
    await admin(['delete', 'pod', shellPod, '-n', namespace, '--grace-period=0', '--force'])
  })

  test('stay whole where it is deleted: for no longer than a minute, in every way', async () => {
    await makePod('sallyport-r-1')
    const on = ['-n', namespace] as const
    const eviction = (gracePeriodSeconds?: number): ReturnType<typeof kubectl> => {
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: shellPod, namespace },
        deleteOptions: { gracePeriodSeconds },
      }
      const path = `/api/v1/namespaces/${namespace}/pods/${shellPod}/eviction`
      return kubectl('admin', ['create', '--raw', path, '-f', '-'], JSON.stringify(body))
    }
    const pods = ['delete', 'pods', '-l', `${requestUidLabel}=r-1`, ...on, '--wait=false'] as const
    const collection = `/api/v1/namespaces/${namespace}/pods?labelSelector=${requestUidLabel}%3Dr-1&gracePeriodSeconds=61`

    const refused = await Promise.all([
      kubectl('admin', [...pods, '--grace-period=61']),
      kubectl('admin', ['delete', '--raw', collection]),
      eviction(61),
    ])
    const passed = await eviction(60)

    for (const { stderr } of refused) {
      expect(stderr).toContain(`E_SHELL_POD: pod ${shellPod} may be deleted with a grace period of at most 60 seconds`)
    }
    expect(passed.stderr).not.toContain('E_SHELL_POD')
    await admin([...pods, '--grace-period=0', '--force'])
  })

  test('are all that is held of it', async () => {
    await makePod('sallyport-r-3')
    const others = { labels: { team: 'a' }, annotations: { note: 'x' }, ownerReferences: null }

    expect((await patchPod('sallyport-r-3', others)).code).toBe(0)
    // Its label names another request, so it belongs to nobody.
    expect((await patchPod('sallyport-r-3', strips[0]?.[1] ?? {})).code).toBe(0)
  })
})
