import type { Milliseconds } from '../../../src/api/duration.ts'
import type { Client } from '../../../src/cluster/client/client.ts'
import { resources } from '../../../src/cluster/client/resources.ts'
import { clientOf } from '../../fixtures/api-client.ts'
import { binding } from '../../fixtures/access.ts'
import { execCaller, type ExecCaller } from '../../fixtures/exec-call.ts'
import { install } from '../../fixtures/installation.ts'
import { apply } from '../../fixtures/kubectl.ts'
import { paperPod } from '../../fixtures/paper-pod.ts'
import { testCluster, type ClusterUser } from '../../fixtures/run-cluster.ts'
import { mayExec } from '../../fixtures/workload.ts'
import { pods, users, type Model, type PodName, type User } from './model.ts'
import { keepVigil, type Vigil } from './never-changes.ts'
import { startReplicas, type Replicas } from './replicas.ts'

/** The world that the steps act on: Sallyport in two processes, a real API server, and people with their own logins. */
export interface World {
  readonly namespace: string
  readonly as: Readonly<Record<ClusterUser, Client>>
  readonly execs: Readonly<Record<User, ExecCaller>>
  readonly replicas: Replicas
  readonly vigil: Vigil
  /** The steps so far and their outcomes, one sentence each. A failure shows them. */
  readonly story: string[]
  /** All differences between the replicas' clocks and ours so far. */
  readonly offsets: Set<Milliseconds>
  /** The uids of deleted requests of all rounds. A Role may come after its request went, and must then go, too. */
  readonly deleted: Set<string>
  readonly used: Set<string>
  /** Returns a new number, for names. */
  readonly next: () => number
}

const people = ['admin', 'alice', 'mallory', 'bob', 'carol'] as const

/** Creates the world. Everything that must end again is left with `cleanup`. */
export async function createWorld(namespace: string, cleanup: AsyncDisposableStack): Promise<World> {
  const installed = cleanup.use(await install(namespace))
  await mayExec(namespace, 'mallory')
  await apply(binding(namespace, 'sallyport-requestor', 'bob'))
  const clients = people.map((user) => [user, cleanup.adopt(clientOf(user), (one) => one.close())] as const)
  const as = Object.fromEntries(clients) as Record<ClusterUser, Client>
  for (const pod of pods) await paperPod(as.admin, namespace, pod)
  const cluster = testCluster()
  const callers = users.map((user) => [user, cleanup.adopt(execCaller(cluster, user), (one) => one.close())] as const)
  const vigil = cleanup.adopt(await keepVigil(as.admin, namespace), (one) => {
    one.stop()
  })
  let count = 0
  return {
    namespace,
    as,
    execs: Object.fromEntries(callers) as Record<User, ExecCaller>,
    replicas: cleanup.use(await startReplicas(installed)),
    vigil,
    story: [],
    offsets: new Set([0]),
    deleted: new Set(),
    used: new Set(),
    next: () => ++count,
  }
}

/** Returns the model of a world in which nobody has asked for anything yet. */
export async function modelOf({ as, namespace, offsets, deleted, used }: World): Promise<Model> {
  const uids = new Map<PodName, string>()
  for (const pod of pods)
    uids.set(pod, (await as.admin.get(resources.Pod, { namespace, name: pod }))?.metadata.uid ?? '')
  return {
    requests: new Map(),
    pods: uids,
    deleted,
    used,
    offsetMs: 0,
    offsets,
    paused: false,
  }
}
