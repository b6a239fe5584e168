import type { Container, PodSpec, PodTemplate } from '../../api/pod-template.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { say } from '../../decision/text/sentence.ts'
import { without } from './template/fields.ts'

// Each creation of a pod gives the token volume of its service account another name.
const tokenVolume = /^kube-api-access-[a-z0-9]{5}$/

// These fields say when a pod ends, or where it stands in a queue. They do not say what it runs.
const unapprovedPodFields = ['activeDeadlineSeconds', 'priority', 'preemptionPolicy'] as const

// The approval covers the resources that the template and the request ask for. LimitRanges and recommenders may fill in
// the rest, and may change it later.
const unapprovedContainerFields = ['resources'] as const

/**
 * Returns the SHA-256 of the pod as the cluster's admission made it. It covers all that decides what runs, and with
 * which power.
 */
export function admittedDigest({ metadata, spec }: PodTemplate): string {
  const what = { labels: metadata?.labels, spec: approvedFields(spec) }
  return canonicalDigest(what)
}

function approvedFields(spec: PodSpec): object {
  const { volumes = [], containers, initContainers = [], ...rest } = without(spec, unapprovedPodFields)
  const bare = (container: Container): object => {
    const { volumeMounts = [], ...own } = without(container, unapprovedContainerFields)
    return { ...own, volumeMounts: volumeMounts.map(withoutChance) }
  }
  return {
    ...rest,
    volumes: volumes.map(withoutChance),
    containers: containers.map(bare),
    initContainers: initContainers.map(bare),
  }
}

function withoutChance<T extends { readonly name: string }>(item: T): T {
  return { ...item, name: item.name.replace(tokenVolume, 'kube-api-access') }
}

/** Returns why the pod that the cluster made is not the one that was approved. Undefined if it is. */
export function otherThanApproved(target: Target, pod: PodTemplate): string | undefined {
  const image = imageIn(pod, target.container)
  const other = 'the cluster made a pod that differs from the approved one'
  const who = 'a mutating webhook or a policy of the cluster may have changed it'
  if (image !== target.image) {
    const what = say`the image of container ${target.container} is ${image ?? 'gone'}, not ${target.image}`
    return `${other}: ${what}; ${who}`
  }
  if (target.admittedDigest === undefined || target.admittedDigest === admittedDigest(pod)) return undefined
  return `${other}: its admission now adds something else than when you asked; ${who}: ask again`
}

/** Returns the image that a container of the pod names. */
export function imageIn({ spec }: PodTemplate, container: string): string | undefined {
  return spec.containers.find(({ name }) => name === container)?.image
}
