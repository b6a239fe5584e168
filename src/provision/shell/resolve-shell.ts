import type { Author } from '../../api/kinds/identity.ts'
import type { ShellAccess } from '../../api/kinds/access/shell-access.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { canonicalDigest } from '../../decision/canonical-json.ts'
import { isFinished, isTakenUp } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import type { Unresolved } from '../../decision/kinds/exec/resolve-target.ts'
import { askedDuration } from '../../decision/template.ts'
import { providedName } from '../../api/provided-object.ts'
import type { Manifest } from '../../api/manifest.ts'
import { refusedRehearsal } from '../facts/rehearsal.ts'
import type { PodFacts, RequestFacts, ResolveFacts, SourceFacts } from '../facts/request-facts.ts'
import { admissionChanges } from './admission-changes.ts'
import { admittedDigest, imageIn } from './admitted-pod.ts'
import { digestOf, type Pinned } from './pinned-image.ts'
import { shellPod, type ShellPod } from './shell-pod.ts'

type MadePod = Extract<ShellPod, { ok: true }>

interface ResolvedShell {
  readonly target: Target
  readonly image: Pinned
  readonly admission: Admission
}

/** The changes that the cluster's admission makes to the pod, if a dry run told them. */
type Admission =
  { readonly isTold: true; readonly changes: readonly string[] } | { readonly isTold: false; readonly words: string }

/**
 * Returns the pod whose creation is tried before a request is taken up. It is exactly the pod that an approval now
 * would create.
 */
export function podToRehearse(facts: ShellKnown): { readonly creates: Manifest } | undefined {
  const { request } = facts
  if (!request.spec.shell || isTakenUp(request) || isFinished(request)) return undefined
  const made = askedPod(facts)
  return 'problem' in made ? undefined : { creates: made.shell.pod }
}

/**
 * Returns the pod that an approved request would get. An approval covers its digest, and its digest after the cluster's
 * admission. Nobody has to approve a pod that the cluster refuses.
 */
export function resolveShell(facts: ShellKnown & Pick<ResolveFacts, 'rehearsal'>): Unresolved | ResolvedShell {
  const made = askedPod(facts)
  if ('problem' in made) return made
  const { rehearsal } = facts
  if (!rehearsal) return { problem: 'Sallyport is trying the creation of its pod (dry run)', final: false }
  if (rehearsal.outcome === 'refused') return refusedRehearsal('Pod', rehearsal)
  const { pod, container, image } = made.shell
  const admitted = rehearsal.outcome === 'admitted' ? rehearsal.pod : undefined
  const seen = admittedImage(image, admitted && imageIn(admitted, container))
  const target: Target = {
    pod: providedName(facts.request.metadata.uid),
    container,
    image: seen.image,
    serviceAccount: pod.spec.serviceAccountName || 'default',
    ...(facts.workload && { workload: facts.workload }),
    podDigest: podDigest(pod),
    ...(admitted && { admittedDigest: admittedDigest(admitted) }),
  }
  const admission: Admission =
    rehearsal.outcome === 'admitted'
      ? { isTold: true, changes: admissionChanges(pod, rehearsal.pod) }
      : { isTold: false, words: rehearsal.words }
  return { target, image: seen, admission }
}

/** @param admitted the image as the cluster's admission left it */
function admittedImage(asked: Pinned, admitted = asked.image): Pinned {
  if (admitted === asked.image) return asked
  if (digestOf(admitted) !== undefined) return { pinned: true, image: admitted }
  return { pinned: false, image: admitted, why: say`the cluster's admission changed it from ${asked.image}` }
}

/**
 * Returns the pod for an approved request, or a problem if it differs from what was approved.
 * @param secondsLeft until the access ends
 */
export function approvedPod(facts: ShellKnown, secondsLeft: number): { readonly pod: Manifest } | Unresolved {
  const made = madePod(facts, secondsLeft)
  if ('problem' in made) return made
  if (podDigest(made.shell.pod) === facts.request.status?.target?.podDigest) return { pod: made.shell.pod }
  const { from } = facts.template?.spec.access.shell ?? {}
  const what = from ? say`${from.kind} ${from.name}` : 'the pod of the template'
  return { problem: `${what} has changed since you asked: ask again`, final: true }
}

type ShellKnown = RequestFacts & SourceFacts & Pick<PodFacts, 'workload'>

function askedPod(facts: ShellKnown): ReturnType<typeof madePod> {
  return madePod(facts, askedDuration(facts.request.spec, facts.template) / 1_000)
}

function madePod(facts: ShellKnown, secondsLeft: number): { readonly shell: MadePod } | Unresolved {
  const { request, template, shell: source } = facts
  const access = template?.spec.access.shell
  if (!access) return { problem: 'its template offers no shell', final: true }
  if (!source) return { problem: missing(facts, access), final: false }
  if (!source.ok) return source
  const { running } = source
  const shell = shellPod(source.template, access, { request, ask: request.spec.shell, secondsLeft, running })
  if (!shell.ok) return { problem: shell.problems.join('; '), final: true }
  return forbidden(shell.dangers, template.spec.author) ?? { shell }
}

function forbidden(dangers: readonly string[], author: Author | undefined): Unresolved | undefined {
  if (dangers.length === 0 || author?.mayEscalate === true) return undefined
  const who = say`the author of the template, ${author?.username ?? 'unknown'}, may not offer this pod: `
  return { problem: who + dangers.join('; '), final: true }
}

function missing({ request, workload }: ShellKnown, { from }: ShellAccess): string {
  if (!from || workload) return 'Sallyport is reading the pod template for its pod'
  return say`${from.kind} ${from.name} does not exist in ${request.metadata.namespace} yet`
}

// `kubectl rollout restart` sets this annotation. It changes nothing that runs.
const restartedAt = 'kubectl.kubernetes.io/restartedAt'

/** Returns the digest of the pod without its deadline, which depends on when the pod is made. */
function podDigest({ metadata, spec }: MadePod['pod']): string {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== restartedAt)
  const what = {
    labels: metadata.labels,
    annotations: Object.fromEntries(annotations),
    spec: { ...spec, activeDeadlineSeconds: undefined },
  }
  return canonicalDigest(what)
}
