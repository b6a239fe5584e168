import { isFields, type Fields } from '../../api/fields.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { PodTemplate } from '../../api/pod-template.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { resolveTarget, type Resolved, type Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import {
  taskContainer,
  taskContainerName,
  taskDifferences,
  taskSeconds,
  type TaskRun,
} from '../../decision/kinds/task/task-container.ts'
import { findContainer } from '../../decision/pod/container.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { askedDuration } from '../../decision/template.ts'
import { say } from '../../decision/text/sentence.ts'
import type { FoundTarget } from '../access-kind.ts'
import { targetText } from '../exec/resolve-exec.ts'
import { refusedRehearsal, type AddedContainer } from '../facts/rehearsal.ts'
import { hadBefore } from './not-the-task.ts'
import type { PodFacts, RequestFacts, ResolveFacts } from '../facts/request-facts.ts'

type TaskKnown = RequestFacts & PodFacts

/** Returns the container whose addition is tried before a request is taken up: the one that an approval now would add. */
export function taskToRehearse(facts: TaskKnown): AddedContainer | undefined {
  const { request, pod } = facts
  if (!pod || isTakenUp(request) || isFinished(request)) return undefined
  const found = findTarget(facts)
  const run = 'problem' in found ? undefined : runIn(facts, found.target)
  return run && { adds: taskContainer(run), to: pod.metadata }
}

/** Finds the pod in which the task runs. Nobody has to approve a task that the cluster refuses. */
export function resolveTask(facts: TaskKnown & Pick<ResolveFacts, 'rehearsal'>): FoundTarget | Unresolved {
  const found = findTarget(facts)
  if ('problem' in found) return found
  const { target, why } = found
  const { rehearsal } = facts
  const run = runIn(facts, target)
  if (!run) return { problem: 'its template offers no task', final: true }
  if (!rehearsal) return { problem: 'Sallyport is trying its task in its pod (dry run)', final: false }
  if (rehearsal.outcome === 'refused') return refusedRehearsal('task', rehearsal)
  const changes = rehearsal.outcome === 'admitted' ? changesIn(rehearsal.pod, run) : []
  if (changes.length > 0)
    return { problem: `the cluster's admission changes its task: ${changes.join('; ')}`, final: true }
  return { about: { target }, words: targetText(target, why), conditions: [] }
}

/** Finds the pod. With namespaces of the node, the privilege of the task would be over the node. */
function findTarget(facts: TaskKnown): Resolved {
  const { spec, metadata } = facts.request
  const offered = facts.template?.spec.access.task
  const wanted = {
    pod: spec.task?.pod,
    container: offered?.container,
    workload: offered?.target,
    containers: undefined,
    evictAtEnd: false,
  }
  const resolved = resolveTarget(wanted, metadata.namespace, facts)
  if ('problem' in resolved) return resolved
  const { hostNetwork, hostPID, hostIPC } = facts.pod?.spec ?? {}
  const shared = Object.entries({ hostNetwork, hostPID, hostIPC }).flatMap(([name, is]) => (is ? [name] : []))
  if (shared.length === 0) return unlessThere(resolved, facts)
  const where = say`pod ${resolved.target.pod} has ${shared.join(' and ')}`
  return { problem: `${where}: a task there would have its privilege over the node`, final: true }
}

/** A container of this name that is there already is of somebody else: Sallyport has not added it yet. */
function unlessThere(resolved: Extract<Resolved, { target: unknown }>, { request, pod }: TaskKnown): Resolved {
  const name = taskContainerName(request.metadata.uid)
  if (!pod || !findContainer(pod, name)) return resolved
  return { problem: hadBefore(pod, name), final: true }
}

function runIn({ request, template }: RequestFacts, { container }: Target): TaskRun | undefined {
  const terms = scopeOf(request.spec, template)?.taskTerms
  if (!terms) return undefined
  const seconds = taskSeconds(terms, askedDuration(request.spec, template))
  return { requestUid: request.metadata.uid, target: container, terms, seconds }
}

/** Says how the cluster's admission would change the task: the gate would not let such a container in. */
function changesIn({ spec }: PodTemplate, run: TaskRun): readonly string[] {
  const { name } = taskContainer(run)
  const containers: unknown = spec['ephemeralContainers']
  const added = Array.isArray(containers) ? containers.filter(isFields).find((one: Fields) => one['name'] === name) : {}
  return added ? taskDifferences(added, run) : ['it leaves it out']
}
