import { accessRequestKind, type AccessRequest } from '../../../src/api/kinds/access-request.ts'
import type { Client } from '../../../src/cluster/client/client.ts'
import { canonicalJson } from '../../../src/decision/canonical-json.ts'
import { requestDigest } from '../../../src/decision/digest.ts'
import { isFinished } from '../../../src/decision/phase.ts'

/** Follows every state of every request that is ever stored, and keeps the faults that it found. */
export interface Vigil {
  readonly wrongs: readonly string[]
  /** The number of states it has looked at. */
  readonly seen: number
  /** Forgets the faults so far, once they were reported. From now on only new ones count. */
  forgive(): void
  stop(): void
}

export async function keepVigil(admin: Client, namespace: string): Promise<Vigil> {
  const abort = new AbortController()
  const wrongs: string[] = []
  const last = new Map<string, AccessRequest>()
  const { resourceVersion } = await admin.list(accessRequestKind, { namespace })
  const options = { namespace, resourceVersion, timeoutSeconds: 86_400, signal: abort.signal }
  const events = await admin.watch(accessRequestKind, options)
  let seen = 0
  const follow = async (): Promise<void> => {
    for await (const event of events) {
      if (event.type === 'BOOKMARK') continue
      const request = event.object as AccessRequest
      seen += 1
      wrongs.push(...wrongsOf(request, last.get(request.metadata.uid)))
      last.set(request.metadata.uid, request)
    }
  }
  void follow()
    .catch((error: unknown) => String(error))
    .then((how) => {
      if (!abort.signal.aborted) wrongs.push(`nobody watches the requests any more: ${how ?? 'the watch has ended'}`)
    })
  return {
    wrongs,
    get seen() {
      return seen
    },
    forgive: () => {
      wrongs.length = 0
    },
    stop: () => {
      abort.abort()
    },
  }
}

function wrongsOf(after: AccessRequest, before: AccessRequest | undefined): readonly string[] {
  const broken = [
    ...Object.entries(always).filter(([, holds]) => !holds(after)),
    ...(before ? Object.entries(betweenStates).filter(([, holds]) => !holds(before, after)) : []),
  ]
  return broken.map(([rule]) => `${rule}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`)
}

const always: Readonly<Record<string, (request: AccessRequest) => boolean>> = {
  'a digest covers uid, spec and target': ({ metadata, spec, status }) =>
    status?.digest === undefined ||
    (!!status.target && status.digest === requestDigest(metadata.uid, spec, status.target, status.template)),
  'who asked is stamped': ({ spec }) => spec.requestor !== undefined,
  'who revoked is stamped': ({ spec }) => spec.revoked === undefined || spec.revoked.by !== undefined,
  'nobody approves a request of his own': ({ spec, status }) =>
    (status?.approvals ?? []).every(({ grantedBy }) => grantedBy !== spec.requestor?.username),
  'an approval has its end': ({ status }) => !status?.approvals || status.expiresAt !== undefined,
}

type Between = (before: AccessRequest, after: AccessRequest) => boolean

/** Checks that a part stays as it is once it is there. */
function stays(part: (request: AccessRequest) => unknown): Between {
  return (before, after) => part(before) === undefined || canonicalJson(part(before)) === canonicalJson(part(after))
}

const betweenStates: Readonly<Record<string, Between>> = {
  'the requestor never changes': stays(({ spec }) => spec.requestor),
  'what was asked never changes': stays(({ spec }) => ({ ...spec, revoked: undefined })),
  'a revocation is final': stays(({ spec }) => spec.revoked),
  'expiresAt is written once': stays(({ status }) => status?.expiresAt),
  'approvedAt is written once': stays(({ status }) => status?.approvedAt),
  'approvals are written once': stays(({ status }) => status?.approvals),
  'the target never hops': stays(({ status }) => status?.target),
  'what has ended stays so': (before, after) =>
    !isFinished(before) ||
    before.metadata.deletionTimestamp !== undefined ||
    before.status?.phase === after.status?.phase,
}
