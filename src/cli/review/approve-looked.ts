import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { isGranted } from '../../decision/phase.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal, sentenceOf } from '../output/failure.ts'
import { tell, warn } from '../output/output.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import { awaitRequest } from '../request/await-request.ts'
import type { CliSession } from '../connection/session.ts'
import { explainRefusal } from './changed-since.ts'
import { giveVerdict } from './give-verdict.ts'
import type { Looked } from './look.ts'

// The controller answers within 100 ms. It may be busy, or about to restart.
const answerTimeoutMs = 10_000

type Connected = Pick<CliSession, 'client' | 'flags'>

interface Approval {
  readonly digest?: string
  readonly duration?: string
  readonly message?: string
}

/** Approves exactly what was shown, and tells what came of it. */
export async function approveLooked(
  { client, flags }: Connected,
  looked: Looked,
  approval: Approval,
): Promise<ExitCode> {
  const { request } = looked
  const { duration, message, digest = request.status?.digest } = approval
  const grant = await giveVerdict(client, request, { verdict: 'Approved', digest, duration, message }).catch(
    (error: unknown) => explainRefusal(client, request, error),
  )
  try {
    return await tellWhatCameOf({ client, flags }, request, grant)
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error
    // The grant is there already, so the approval did not fail.
    tellUnseen(request, grant, flags)
    warn(`It could not be read what came of it: ${sentenceOf(error)}`)
    return exitCode.done
  }
}

async function tellWhatCameOf({ client, flags }: Connected, request: AccessRequest, grant: string): Promise<ExitCode> {
  const before = request.status?.awaits
  const isAnswered = ({ status }: AccessRequest): boolean => isGranted(status) || status?.awaits !== before
  const { request: now = request, outcome } = await awaitRequest(client, request, isAnswered, {
    timeoutMs: answerTimeoutMs,
  })
  if (outcome === 'ended' || outcome === 'gone') throw endedInstead(now)
  if (isGranted(now.status)) tellGranted(now, flags)
  else tellWhatIsMissing(now, { grant, flags, isLate: outcome === 'late' })
  return exitCode.done
}

function endedInstead({ metadata: { name }, status }: AccessRequest): Refusal {
  const why = quoted(status?.message ?? 'it was deleted')
  return new Refusal(say`You approved ${name}, but it has ended (${status?.phase ?? 'deleted'}): ` + `${why}.`)
}

/** Revoking undoes it in each case: the request may wait for others, and may be active. */
function tellUnseen({ metadata: { name, namespace } }: AccessRequest, grant: string, flags: string): void {
  tell(say`You approved ${name} by AccessGrant ${grant}.\n` + revokeLine({ name, namespace }, flags))
}

function tellGranted({ metadata, spec, status = {} }: AccessRequest, flags: string): void {
  const { name, namespace } = metadata
  const now = Date.now()
  const [begin, end] = [fromMicroTime(spec.startAt ?? ''), fromMicroTime(status.expiresAt ?? '')]
  const from = begin !== undefined && begin > now ? `, from ${timeOfDay(begin, now)}` : ''
  const until = end === undefined ? '' : `, until ${timeOfDay(end, now)}`
  tell(
    say`Approved ${name} for ${status.duration ?? 'as long as it asks'}` +
      `${from}${until}. Nobody else is needed.\n` +
      revokeLine({ name, namespace }, flags),
  )
}

function revokeLine({ name, namespace }: Pick<AccessRequest['metadata'], 'name' | 'namespace'>, flags: string): string {
  return say`Undo: kubectl access revoke ${name} -n ${namespace}` + flags
}

interface Standing {
  readonly grant: string
  readonly flags: string
  readonly isLate: boolean
}

function tellWhatIsMissing({ metadata, status }: AccessRequest, { grant, flags, isLate }: Standing): void {
  const { name, namespace } = metadata
  const missing = isLate
    ? 'Sallyport has not answered yet'
    : say`It is not active yet, and still needs ${status?.awaits ?? 'nothing'}`
  tell(
    say`You approved ${name}. ` + `${missing}.\n` + say`Undo: kubectl delete agrant ${grant} -n ${namespace}` + flags,
  )
}
