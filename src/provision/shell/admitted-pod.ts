import type { Container, PodSpec, PodTemplate } from '../../api/pod-template.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { say } from '../../decision/text/sentence.ts'
import { without } from './template/fields.ts'

// Each creation of a pod gets another: the volume of its service account's token.
const tokenVolume = /^kube-api-access-[a-z0-9]{5}$/

// What says when a pod ends, or where it stands in a queue, and not what it runs.
const unapprovedPodFields = ['activeDeadlineSeconds', 'priority', 'preemptionPolicy'] as const

// What the template and the request ask for is approved; LimitRanges and recommenders may fill in the rest, and change their mind.
const unapprovedContainerFields = ['resources'] as const

/** SHA-256 of what the cluster's admission has made of a pod: of all that decides what runs, and with which power. */
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

/** Why the pod that the cluster made is not the one that was approved; undefined where it is. */
export function otherThanApproved(target: Target, pod: PodTemplate): string | undefined {
  const image = imageIn(pod, target.container)
  const other = 'the cluster made another pod than was approved'
  const who = 'a mutating webhook or a policy of the cluster may have changed it'
  if (image !== target.image) {
    const what = say`the image of container ${target.container} is ${image ?? 'gone'}, not ${target.image}`
    return `${other}: ${what}; ${who}`
  }
  if (target.admittedDigest === undefined || target.admittedDigest === admittedDigest(pod)) return undefined
  return `${other}: what its admission adds is not what it was when this was asked for; ${who}: ask again`
}

/** As a container of the pod names it. */
export function imageIn({ spec }: PodTemplate, container: string): string | undefined {
  return spec.containers.find(({ name }) => name === container)?.image
}
