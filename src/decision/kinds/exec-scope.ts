import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { ExecAccess, PodSubresource } from '../../api/kinds/exec-access.ts'
import type { ExecTemplate } from '../../api/kinds/exec-template.ts'
import { say } from '../text/sentence.ts'

/** What may be done in the container of an access. */
export interface ExecScope {
  /** Each the exact argv; undefined: any command. */
  readonly commands: readonly (readonly string[])[] | undefined
  readonly stdin: boolean
  readonly tty: boolean
  readonly subresources: readonly PodSubresource[]
  /** The debug containers that may be added; undefined: none. */
  readonly debug?: DebugOffer
}

/** What a template allows of a debug container. */
export type DebugOffer = NonNullable<ExecTemplate['debug']>

/** What a request gives once it is granted: what it names, and where it names nothing, what its template offers. */
export function scopeOf(spec: AccessRequestSpec, template: AnyTemplate | undefined): ExecScope | undefined {
  if (spec.shell) return shellScope
  return spec.exec && { ...execScope(spec.exec, template), ...debugScope(spec, template) }
}

/** Never by default: who approves a command should not find that any other may be run beside it. */
function debugScope({ exec, once }: AccessRequestSpec, template: AnyTemplate | undefined): Pick<ExecScope, 'debug'> {
  const debug = template?.spec.access.exec?.debug
  return exec?.debug && !once && debug ? { debug } : {}
}

// The pod is one's own: whatever one does in it, and its output.
const shellScope: ExecScope = { commands: undefined, stdin: true, tty: true, subresources: ['log'] }

function execScope(asked: ExecAccess, template: AnyTemplate | undefined): ExecScope {
  const offered = template?.spec.access.exec
  return {
    commands: asked.command ? [asked.command] : offered?.commands,
    stdin: asked.stdin ?? false,
    tty: asked.tty ?? false,
    subresources: asked.subresources ?? offered?.subresources ?? [],
  }
}

// What restricted pods may have, and what kubectl debug itself adds: it reaches the processes that the container sees.
const harmless = ['NET_BIND_SERVICE', 'SYS_PTRACE']

/** What of the debug containers that a template offers gives more than the pod, such as its node; sentences. */
export function debugDangers(offered: ExecTemplate | undefined): readonly string[] {
  const added = (offered?.debug?.capabilities ?? []).filter((name) => !harmless.includes(name))
  return added.length === 0 ? [] : [say`spec.access.exec.debug.capabilities has ${added.join(', ')}`]
}
