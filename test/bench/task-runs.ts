import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { addContainer } from '../../src/controller/requests/add-container.ts'
import { taskContainerName } from '../../src/decision/kinds/task/task-container.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { askUnder, offer } from './offer.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf } from './summary.ts'
import { watched, type Told, type Watched } from './watched.ts'

const template = 'bench-task'
const count = 20
// One pass lists at most 16 requests of one user for one pod.
const atOnce = 16
const command = ['sleep', '1']

/**
 * Measures how long a task takes from its request until it runs, and how long the same container takes that an
 * administrator adds by hand. Both are timed in turns.
 */
export const taskRuns: Figure = {
  needs: 'cluster',
  async measure(ground) {
    const { tools: image } = ground.cluster.images
    if (image === undefined) throw new Error('this figure needs an image that is named by its digest')
    await offer(template, { task: { target: { kind: 'Pod', name: pod }, image, command } })
    using gated = await watched(ground.admin, resources.Pod, namespaces.gated)
    using bare = await watched(ground.admin, resources.Pod, namespaces.bare)
    const tasks: number[] = []
    const byHand: number[] = []
    for (let index = 0; index < count; index++) {
      tasks.push(await oneTask(ground, gated, `bench-task-${index}`))
      byHand.push(await oneByHand(ground, bare, { name: `by-hand-${index}`, image }))
    }
    const begun = performance.now()
    const many = Array.from({ length: atOnce }, (_, index) => oneTask(ground, gated, `bench-at-once-${index}`))
    await Promise.all(many)
    const all = performance.now() - begun
    const [task, hand] = [summaryOf(tasks), summaryOf(byHand)]
    return {
      rows: [
        { what: 'request created -> its task runs', unit: 'ms', summary: task },
        { what: 'the same container added by hand -> it runs', unit: 'ms', summary: hand },
        { what: `${atOnce} tasks at once -> all have run`, unit: 'ms', summary: summaryOf([all]) },
      ],
      verdicts: [{ what: 'a task / by hand, by medians', value: task.median / hand.median, unit: '×', goal: 1.5 }],
    }
  },
}

async function oneTask({ alice }: Ground, pods: Watched, name: string): Promise<number> {
  const begun = performance.now()
  const { request } = await askUnder(alice, template, name, { task: {} })
  const runs = await pods.when(pod, `task ${name} runs`, hasRun(taskContainerName(request.metadata.uid)))
  await alice.remove(accessRequestKind, { namespace: namespaces.gated, name })
  return runs - begun
}

async function oneByHand(
  { admin }: Ground,
  pods: Watched,
  { name, image }: { readonly name: string; readonly image: string },
): Promise<number> {
  const container = { name, image, targetContainerName: 'app', command: ['timeout', '60', ...command] }
  const begun = performance.now()
  await addContainer(admin, { adds: container, to: { namespace: namespaces.bare, name: pod } }, {})
  return (await pods.when(pod, `container ${name} runs`, hasRun(name))) - begun
}

/** True once the container has started. A short one may have ended before the node tells of it. */
function hasRun(name: string): (told: Told) => boolean {
  return ({ object }) => {
    const { status } = object as { readonly status?: { readonly ephemeralContainerStatuses?: readonly Seen[] } }
    const seen = status?.ephemeralContainerStatuses?.find((one) => one.name === name)?.state
    return seen?.running !== undefined || seen?.terminated !== undefined
  }
}

interface Seen {
  readonly name: string
  readonly state?: { readonly running?: object; readonly terminated?: object }
}
