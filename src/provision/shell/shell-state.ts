import { heldCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import { findContainer, type PodContainer } from '../../decision/pod/container.ts'
import { enterable, type EndedContainer } from '../../decision/pod/enterable.ts'
import { endOf, inBrackets } from '../../decision/pod/last-words.ts'

/** The state of a shell pod. */
export type ShellState =
  | { readonly state: 'ready' }
  | { readonly state: 'starting'; readonly message: string }
  /** Its program ended by itself, or somebody typed exit. */
  | { readonly state: 'ended'; readonly message: string }
  | { readonly state: 'lost'; readonly message: string }

/**
 * Judges a shell by the container that is entered. Others may run on beside it for ever, as an injected sidecar does.
 * @param pod undefined if it is gone
 * @param name the container to enter
 */
export function shellState(pod: Pod | undefined, name: string): ShellState {
  if (!pod) return { state: 'lost', message: 'its pod was deleted' }
  if (pod.metadata.deletionTimestamp !== undefined) return { state: 'lost', message: whyDeleted(pod) }
  const container = findContainer(pod, name)
  if (!container) return { state: 'lost', message: `its pod has no container ${name}` }
  const judged = enterable(pod, container)
  switch (judged.state) {
    case 'running':
      return { state: 'ready' }
    case 'unscheduled':
      return { state: 'starting', message: `its pod waits for a node: ${judged.why}` }
    case 'waits':
      return { state: 'starting', message: 'its pod starts' + (judged.why === '' ? '' : `: ${judged.why}`) }
    case 'ended':
      return { state: judged.isWell ? 'ended' : 'lost', message: endMessage(pod, container, judged) }
  }
}

/** Returns why the pod was deleted. An eviction is noted in the pod first. */
function whyDeleted({ status }: Pod): string {
  const disrupted = heldCondition(status, 'DisruptionTarget')
  return 'its pod was deleted' + inBrackets(disrupted?.reason, disrupted?.message)
}

/**
 * Returns how the shell ended. The words are the same whether the node has told the end of only the program, or also of
 * its pod.
 */
function endMessage({ status = {} }: Pod, container: PodContainer, { isWell, said }: EndedContainer): string {
  const byItself = container.seen?.state?.terminated && !status.reason ? endOf(container) : undefined
  if (byItself !== undefined) return `its program ${byItself}`
  return (isWell ? 'its pod ended' : 'its pod failed') + (said === '' ? '' : `: ${said}`)
}
