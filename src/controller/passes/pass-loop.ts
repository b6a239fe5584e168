import { accessPassKind, type AccessPass, type AccessPassDraft } from '../../api/kinds/access-pass.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { failedOn } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { Clock, Instant } from '../../cluster/clock/clock.ts'
import type { Reconcile } from '../../cluster/queue/workqueue.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { hintEnds, passFor } from '../../provision/pass.ts'
import { keyOf, namespaceOfKey, passKeyOf } from '../views/keys.ts'
import { readLiveRequest } from '../views/live-facts.ts'
import type { PassRefusals } from './pass-refusals.ts'
import { refusalText } from '../requests/refusal.ts'
import { byPass, type Views } from '../views/views.ts'

export interface PassLoopOptions {
  readonly client: Client
  readonly clock: Clock
  readonly views: Views
  readonly refusals: PassRefusals
  /** Is told of a request that must be looked at, because its pass was refused. */
  readonly again: (key: string) => void
  /** Has a pass looked at again at some time. */
  readonly wakeAt: (key: string, at: Instant) => void
}

/**
 * Keeps each pass up to date with the requests that it should list. The views say only that a pass is due. The pass is
 * written from live requests. The gate finds an access only by its pass, and a view that is behind would take the
 * access away.
 */
export function createPassLoop({ client, clock, views, refusals, again, wakeAt }: PassLoopOptions): Reconcile {
  /** Ended requests are found by the pass that listed them: there may be thousands of the same user and pod. */
  function requestsOf(key: string, present: AccessPass | undefined): ReadonlySet<string> {
    const { requests = [], ended } = present?.spec ?? {}
    const listed = ended ? [...requests, ended] : requests
    const unfinished = views.requests.by(byPass, key)
    return new Set([...unfinished.map(keyOf), ...listed.map(({ name }) => `${namespaceOfKey(key)}/${name}`)])
  }

  async function liveRequests(key: string, keys: ReadonlySet<string>, signal: AbortSignal): Promise<AccessRequest[]> {
    const live = await Promise.all([...keys].map((one) => readLiveRequest(client, one, signal)))
    return live.filter((one) => one !== undefined).filter((one) => isOfPass(one, key))
  }

  async function keep(key: string, signal: AbortSignal): Promise<void> {
    const [namespace = '', name = ''] = key.split('/')
    const present = views.passes.get(key)
    const hintUntil = present && hintEnds(present)
    // A time that has come is dealt with now. To set it again would skip the pauses between failures.
    if (hintUntil !== undefined && hintUntil > clock.now()) wakeAt(key, hintUntil)
    const requests = requestsOf(key, present)
    const seen = [...requests].flatMap((one) => views.requests.get(one) ?? []).filter((one) => isOfPass(one, key))
    if (isSame(present, passFor({ namespace, name }, seen, clock.now()))) return
    const wanted = passFor({ namespace, name }, await liveRequests(key, requests, signal), clock.now())
    // The view will catch up and bring us back.
    if (isSame(present, wanted)) return
    if (wanted) await write(wanted, signal)
    else if (present) await client.remove(accessPassKind, { namespace, name, uid: present.metadata.uid }, signal)
  }

  async function write(pass: AccessPassDraft, signal: AbortSignal): Promise<void> {
    try {
      await client.apply(accessPassKind, pass, signal)
    } catch (error) {
      throw failedOn(pass, error)
    }
  }

  function note(key: string, refusal: string | undefined): void {
    if (refusals.note(key, refusal)) views.requests.by(byPass, key).map(keyOf).forEach(again)
  }

  return async (key, signal) => {
    try {
      await keep(key, signal)
      note(key, undefined)
    } catch (error) {
      note(key, refusalText(error))
      throw error
    }
  }
}

function isOfPass(request: AccessRequest, key: string): boolean {
  return passKeyOf(request).includes(key)
}

function isSame(present: AccessPass | undefined, wanted: AccessPassDraft | undefined): boolean {
  if (!present || !wanted) return !present && !wanted
  return canonicalJson(present.spec) === canonicalJson(wanted.spec)
}
