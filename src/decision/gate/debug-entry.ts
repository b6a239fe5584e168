import type { AccessRecord } from '../../api/kinds/access-record.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import type { Pod } from '../../api/pod.ts'
import type { AccessSnapshot } from './access-snapshot.ts'
import { howToAsk } from './ask-command.ts'
import { findContainer } from '../pod/container.ts'
import { debugDigest, debugProblems, type DebugProblem, type DebugRule } from '../kinds/exec/debug-container.ts'
import { denied, type Deny } from '../decision.ts'
import { changeOf, type Debug, type PodEntry } from './entry.ts'
import type { DebugOffer, ExecScope } from '../kinds/exec/exec-scope.ts'
import { say } from '../text/sentence.ts'
import { isFields, type Fields } from '../../api/fields.ts'

/** Denies a debug container that may not be added. Undefined if it may. */
export function wrongDebug({ debug: offer }: ExecScope, target: Target, entry: Debug): Deny | undefined {
  const where = say`pod ${entry.namespace}/${entry.name}`
  if (!offer) {
    const what = `This access to ${where} offers no debug containers`
    return denied('E_NOT_LISTED', what, howToAsk(entry))
  }
  const problems = problemsOf(entry, { offer, target: target.container, podSecurity: securityOf(entry.object) })
  if (problems.length === 0) return undefined
  const wrong = problems.map(({ problem }) => problem).join('; ')
  const what = `This access to ${where} does not allow that debug container: ${wrong}`
  const example = `For instance, this is allowed:\n${debugCommand(entry, offer, target.container)}`
  return denied('E_DEBUG', what, problems.some(isOfCluster) ? `${ofCluster} ${example}` : example)
}

function problemsOf(entry: Debug, rule: DebugRule): readonly DebugProblem[] {
  const change = changeOf(entry)
  return change.ok ? debugProblems(change.added, rule) : [{ field: '', problem: change.problem }]
}

// The gate sees a container as mutating webhooks left it. It does not know what the user sent.
const ofCluster =
  'If you typed something else, a mutating webhook or a policy of the cluster changed it. ' +
  'Ask the author of the template to offer the result.'

// kubectl debug sets these by its flags and profiles. No policy sets them.
const ofKubectl = ['', 'targetContainerName', 'securityContext.privileged', 'securityContext.capabilities.add']

function isOfCluster({ field }: DebugProblem): boolean {
  return !ofKubectl.includes(field)
}

function securityOf(pod: unknown): Fields {
  const spec = isFields(pod) ? pod['spec'] : undefined
  const context = isFields(spec) ? spec['securityContext'] : undefined
  return isFields(context) ? context : {}
}

/** A command that adds a debug container that the offer allows. The offer may also allow others. */
export function debugCommand(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { images: [image = ''], capabilities = [] }: DebugOffer,
  target: string,
): string {
  // kubectl's own profile adds that capability.
  const profile = capabilities.includes('SYS_PTRACE') ? 'general' : 'baseline'
  return say`kubectl debug -it ${name} -n ${namespace} --image=${image} --target=${target} --profile=${profile}`
}

/** The debug container that an entry adds if it is let in. */
export function addedBy(entry: PodEntry): { readonly container: string; readonly digest: string } | undefined {
  if (entry.way !== 'pods/ephemeralcontainers') return undefined
  const change = changeOf(entry)
  return change.ok ? { container: change.added.name, digest: debugDigest(change.added) } : undefined
}

/** The ephemeral container of a pod that somebody tries to attach to. */
export function attachedDebug(entry: PodEntry, pod: Pod | undefined): Ephemeral | undefined {
  if (entry.way !== 'pods/attach') return undefined
  return pod?.spec.ephemeralContainers?.find(({ name }) => name === entry.container)
}
type Ephemeral = NonNullable<Pod['spec']['ephemeralContainers']>[number]

/** The debug container that a user attaches to. It must be added under this request, be as it was let in, and run. */
export function ownDebug(
  { pod, debug: record }: AccessSnapshot,
  requestUid: string,
  entry: PodEntry,
): { readonly container: string } | undefined {
  const container = attachedDebug(entry, pod)
  if (!pod || !container || !isRecordOf(record, requestUid, pod)) return undefined
  const isSame = record.spec.debug.container === container.name && record.spec.debug.digest === debugDigest(container)
  return isSame && findContainer(pod, container.name)?.running ? { container: container.name } : undefined
}

type DebugRecord = AccessRecord & { readonly spec: { readonly debug: NonNullable<AccessRecord['spec']['debug']> } }

function isRecordOf(record: AccessRecord | undefined, requestUid: string, { metadata }: Pod): record is DebugRecord {
  return record?.spec.request?.uid === requestUid && record.spec.debug?.podUID === metadata.uid
}
