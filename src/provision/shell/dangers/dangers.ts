import type { PodSpec, PodTemplate } from '../../../api/pod-template.ts'
import { canonicalJson } from '../../../decision/canonical-json.ts'
import { say } from '../../../decision/text/sentence.ts'
import { containerDangers } from './container-dangers.ts'
import { fieldAt, itemsOf } from '../template/fields.ts'
import { safePodFields } from './safe-fields.ts'
import { securityDangers } from './security-dangers.ts'
import { volumeDangers } from './volume-dangers.ts'

/**
 * Returns what a finished pod gives beyond a shell beside the workload: the node, another account, or fewer safeguards
 * than the workload has. Each danger is a sentence that names the field.
 *
 * A field that gives the node is a danger even if the workload has it. The workload's author was trusted with one
 * program there, and a shell is any program. A field that is not known here may be harmful, so it is a danger, too.
 */
export function shellDangers(
  { metadata, spec }: Pick<PodTemplate, 'metadata' | 'spec'>,
  workload: PodTemplate | undefined,
): readonly string[] {
  const own = workload?.spec
  return [
    ...Object.keys(spec)
      .filter((field) => !safePodFields.has(field))
      .map((field) => say`spec.${field} is not known to be harmless`),
    ...hostNamespaces(spec, own),
    ...accountDangers(spec, own),
    ...placeDangers(spec, own),
    ...securityDangers('spec.securityContext', spec['securityContext']),
    ...volumeDangers(spec, own),
    ...containerDangers(spec, own),
    ...apparmorDangers(metadata?.annotations),
  ]
}

function hostNamespaces(spec: PodSpec, workload: PodSpec | undefined): readonly string[] {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => isOn(spec[field]))
  return [
    ...shared.map((field) => `spec.${field} is set: the pod would share a namespace of the node`),
    // False is a safeguard. True is the default of pods.
    ...(workload?.['hostUsers'] === false && spec['hostUsers'] !== false
      ? ['spec.hostUsers is false in the workload but not in this pod: root in the pod would be root on the node']
      : []),
  ]
}

/**
 * True if a switch is on. A value of another type counts as on: the API server may read it otherwise than this code
 * does.
 */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

function accountDangers(spec: PodSpec, workload: PodSpec | undefined): readonly string[] {
  const account = spec.serviceAccountName
  const harmless = ['', 'default', workload?.serviceAccountName ?? workload?.serviceAccount]
  if (account === undefined || harmless.includes(account)) return []
  return [say`spec.serviceAccountName is ${account}, which is neither the workload's nor default`]
}

function placeDangers(spec: PodSpec, workload: PodSpec | undefined): readonly string[] {
  const { runtimeClassName, priorityClassName } = spec
  return [
    ...(workload?.['runtimeClassName'] !== undefined && workload['runtimeClassName'] !== runtimeClassName
      ? ["spec.runtimeClassName is not the workload's: the pod would leave its sandbox"]
      : []),
    ...(priorityClassName !== undefined && priorityClassName !== workload?.['priorityClassName']
      ? ["spec.priorityClassName is not the workload's: the pod could push others off a node"]
      : []),
    ...(itemsOf(spec['resourceClaims']).some((claim) => !isAmong(claim, workload?.['resourceClaims']))
      ? ["spec.resourceClaims has a claim that is not the workload's: it may be any device of the node"]
      : []),
  ]
}

function isAmong(item: unknown, list: unknown): boolean {
  return itemsOf(list).some((other) => canonicalJson(other) === canonicalJson(item))
}

function apparmorDangers(annotations: unknown): readonly string[] {
  const prefix = 'container.apparmor.security.beta.kubernetes.io/'
  return Object.keys(fieldAt(annotations) ?? {})
    .filter((key) => key.startsWith(prefix) && fieldAt(annotations, key) === 'unconfined')
    .map((key) => say`metadata.annotations has ${key}=unconfined: AppArmor would not confine the container`)
}
