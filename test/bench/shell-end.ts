import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { providedName } from '../../src/api/provided-object.ts'
import { idleContainer } from '../fixtures/workload.ts'
import type { Figure, Row } from './figure.ts'
import type { Ground } from './ground.ts'
import { askUnder, offer } from './offer.ts'
import { namespaces } from './places.ts'
import { summaryOf } from './summary.ts'
import { isGone, watched, type Watched } from './watched.ts'

const namespace = namespaces.gated
const count = 10
const duration = '6s'

/** Measures how soon after its end all that an access gave is gone. */
export const shellEnd: Figure = {
  needs: 'cluster',
  async measure(ground) {
    const heedful = { command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.05; done'] }
    const deaf = { command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] }
    const rows: Row[] = []
    const ends: Ends[] = []
    for (const [what, mutate] of Object.entries({ heedful, deaf })) {
      const template = `bench-end-${what}`
      await offer(template, { shell: { podTemplate: { spec: { containers: [idleContainer('app')] } }, mutate } })
      const measured = await endsOf(ground, template)
      ends.push(...(what === 'heedful' ? measured : []))
      const row = (title: string, values: readonly number[]): Row => ({
        what: `${title}, a process that ${what === 'deaf' ? 'ignores' : 'heeds'} TERM`,
        unit: 'ms',
        summary: summaryOf(values),
      })
      rows.push(
        row(
          'its time -> RBAC gone',
          measured.map(({ rbacMs }) => rbacMs),
        ),
        row(
          'its time -> pod gone',
          measured.map(({ podMs }) => podMs),
        ),
      )
    }
    return {
      rows,
      verdicts: [
        {
          what: 'expiry -> RBAC gone, max',
          value: Math.max(...ends.map(({ rbacMs }) => rbacMs)),
          unit: 'ms',
          goal: 1_000,
        },
        {
          what: 'expiry -> pod gone where its process heeds TERM, max',
          value: Math.max(...ends.map(({ podMs }) => podMs)),
          unit: 'ms',
          goal: 1_000,
        },
      ],
      notes: [
        'a process that ignores TERM is killed 2 s later, whatever grace a pod has: the kubelet gives each container at least that',
        '(minimumGracePeriodInSeconds in pkg/kubelet/kuberuntime/kuberuntime_manager.go)',
      ],
    }
  },
}

interface Ends {
  readonly rbacMs: number
  readonly podMs: number
}

async function endsOf({ admin, alice }: Ground, template: string): Promise<readonly Ends[]> {
  using watches = new DisposableStack()
  const follow = async (resource: Parameters<typeof watched>[1]): Promise<Watched> =>
    watches.use(await watched(admin, resource, namespace))
  const requests = await follow(accessRequestKind)
  const all = await Promise.all([resources.Role, resources.RoleBinding, resources.Pod].map(follow))
  const measureOne = async (index: number): Promise<Ends> => {
    const name = `${template}-${index}`
    const { request } = await askUnder(alice, template, name, { shell: {}, duration })
    const made = providedName(request.metadata.uid)
    let over = 0
    await requests.when(name, 'is approved', ({ object }) => {
      const { status } = object as { readonly status?: { readonly expiresAt?: string } }
      over = performance.now() + Date.parse(status?.expiresAt ?? '') - Date.now()
      return status?.expiresAt !== undefined
    })
    const [role = 0, binding = 0, pod = 0] = await Promise.all(all.map((one) => one.when(made, 'is gone', isGone)))
    await alice.remove(accessRequestKind, { namespace, name })
    return { rbacMs: Math.max(role, binding) - over, podMs: pod - over }
  }
  const ends: Ends[] = []
  // Two at once: each lives for seconds. More would wait for each other's end on a node of two cores.
  for (let index = 0; index < count; index += 2) {
    // The kubelet looks once a second, and each pair should begin at another moment of that second. Without this pause,
    // each pair would begin when the last one was seen to end, and would end at the same moment again.
    await sleep(Math.random() * 1_000)
    ends.push(...(await Promise.all([measureOne(index), measureOne(index + 1)])))
  }
  return ends
}
