import type { Pod } from '../../api/pod.ts'
import { say } from '../text/sentence.ts'

// kubectl reads it, and the API server does not.
export const defaultContainer = 'kubectl.kubernetes.io/default-container'

interface NamedContainer {
  readonly name: string
}

/** The names of a pod's containers. A pod template has them, too. */
export interface Lists {
  readonly containers: readonly NamedContainer[]
  readonly initContainers?: readonly NamedContainer[] | undefined
  readonly ephemeralContainers?: readonly NamedContainer[] | undefined
}

export interface Taken {
  readonly name: string
  /** A clause that gives the reason for this container. Undefined if the pod has only one. */
  readonly why?: string
}

/**
 * The container that kubectl takes if the user names none (FindOrDefaultContainerByName in kubectl's
 * `pkg/cmd/util/podcmd/podcmd.go`). It is the annotated one if it exists, of any sort, else the first. If the annotated
 * one does not exist, kubectl 1.37 takes none, and 1.35 takes the first. Then the first is approved, and the command of
 * the access names it.
 */
export function containerKubectlTakes(annotations: Readonly<Record<string, string>> | undefined, lists: Lists): Taken {
  const { containers, initContainers = [], ephemeralContainers = [] } = lists
  const names = [...containers, ...initContainers, ...ephemeralContainers].map(({ name }) => name)
  const name = containers[0]?.name ?? ''
  const annotated = annotations?.[defaultContainer]
  if (annotated) {
    if (names.includes(annotated)) return { name: annotated, why: `annotation ${defaultContainer} names it` }
    return { name, why: say`the first, as annotation ${defaultContainer} names ${annotated}, which does not exist` }
  }
  return names.length === 1 ? { name } : { name, why: `the first of ${containerNames(lists)}` }
}

/** The container that the API server takes for an empty name: the only one. Undefined if there are several. */
export function containerTheServerTakes({ spec: { containers } }: Pod): string | undefined {
  return containers.length === 1 ? containers[0]?.name : undefined
}

/** The names as kubectl lists them: init containers and debug containers are marked as such. */
export function containerNames({ containers, initContainers = [], ephemeralContainers = [] }: Lists): string {
  const names = [
    ...containers.map(({ name }) => name),
    ...ephemeralContainers.map(({ name }) => `${name} (ephem)`),
    ...initContainers.map(({ name }) => `${name} (init)`),
  ]
  return say`${names.join(', ')}`
}
