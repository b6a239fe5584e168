import type { ExecTemplate } from '../api/kinds/exec-template.ts'
import { say } from './sentence.ts'

// What restricted pods may have, and what kubectl debug itself adds: it reaches the processes that the container sees.
const harmless = ['NET_BIND_SERVICE', 'SYS_PTRACE']

/** What of the debug containers that a template offers gives more than the pod, such as its node; sentences. */
export function debugDangers(offered: ExecTemplate | undefined): readonly string[] {
  const added = (offered?.debug?.capabilities ?? []).filter((name) => !harmless.includes(name))
  return added.length === 0 ? [] : [say`spec.access.exec.debug.capabilities has ${added.join(', ')}`]
}
