import { createHash } from 'node:crypto'
import type { Identity } from '../api/kinds/identity.ts'
import type { ShellAccess } from '../api/kinds/shell-access.ts'
import type { Target } from '../api/kinds/access-request-status.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { say } from '../decision/sentence.ts'
import { isSubject } from '../decision/subject.ts'
import type { Resolved } from '../decision/target.ts'
import { providedName } from './exec-objects.ts'
import type { Manifest } from './manifest.ts'
import type { Facts, ShellPolicy } from './request-plan.ts'
import type { Pinned } from './shell/pinned-image.ts'
import { shellPod, type ShellPod } from './shell/shell-pod.ts'

type MadePod = Extract<ShellPod, { ok: true }>

type ResolvedShell = Problem | { readonly target: Target; readonly image: Pinned }

/** The pod that an approved request would get: what is approved is its digest. */
export function resolveShell(facts: Facts, policy: ShellPolicy): ResolvedShell {
  const made = madePod(facts, policy)
  if ('problem' in made) return made
  const { pod, container, image } = made.shell
  const target: Target = {
    pod: providedName(facts.request.metadata.uid),
    container,
    image: image.image,
    ...(facts.workload && { workload: facts.workload }),
    podDigest: podDigest(pod),
  }
  return { target, image }
}

/**
 * The pod for a request that was approved; a problem where it would be another than was approved.
 * @param secondsLeft until the access ends
 */
export function approvedPod(
  facts: Facts,
  policy: ShellPolicy,
  secondsLeft: number,
): { readonly pod: Manifest } | Problem {
  const made = madePod(facts, policy, secondsLeft)
  if ('problem' in made) return made
  if (podDigest(made.shell.pod) === facts.request.status?.target?.podDigest) return { pod: made.shell.pod }
  const { from } = facts.template?.spec.access.shell ?? {}
  const what = from ? say`${from.kind} ${from.name}` : 'the pod of the template'
  return { problem: `${what} was changed since this was asked for: ask again`, final: true }
}

function madePod(facts: Facts, policy: ShellPolicy, secondsLeft = 0): { readonly shell: MadePod } | Problem {
  const { request, template, shell: source } = facts
  const access = template?.spec.access.shell
  if (!access) return { problem: 'its template offers no shell', final: true }
  if (!source) return { problem: missing(facts, access), final: false }
  if (!source.ok) return { problem: source.problem, final: true }
  const { running } = source
  const shell = shellPod(source.template, access, { request, ask: request.spec.shell, secondsLeft, running })
  if (!shell.ok) return { problem: shell.problems.join('; '), final: true }
  return forbidden(shell.dangers, template.spec.author, policy) ?? { shell }
}

function forbidden(dangers: readonly string[], author: Identity | undefined, policy: ShellPolicy): Problem | undefined {
  if (dangers.length === 0 || isPrivileged(author, policy)) return undefined
  const who = say`the author of the template, ${author?.username ?? 'nobody'}, may not offer this pod: `
  return { problem: who + dangers.join('; '), final: true }
}

type Problem = Extract<Resolved, { problem: string }>

function missing({ request, workload }: Facts, { from }: ShellAccess): string {
  if (!from || workload) return 'what its pod is made after is being looked up'
  return say`there is no ${from.kind} ${from.name} in ${request.metadata.namespace} yet`
}

function isPrivileged(author: Identity | undefined, { privilegedAuthors }: ShellPolicy): boolean {
  return author !== undefined && privilegedAuthors.some((one) => isSubject(author, one))
}

// `kubectl rollout restart` sets it, and changes nothing of what runs.
const restartedAt = 'kubectl.kubernetes.io/restartedAt'

/** Of all but the deadline, which depends on when the pod is made. */
function podDigest({ metadata, spec }: MadePod['pod']): string {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== restartedAt)
  const what = {
    labels: metadata.labels,
    annotations: Object.fromEntries(annotations),
    spec: { ...spec, activeDeadlineSeconds: undefined },
  }
  return createHash('sha256').update(canonicalJson(what)).digest('hex')
}
