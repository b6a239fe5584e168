import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { offerOf } from '../../api/accesses.ts'
import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import { templateAmong } from '../../decision/template.ts'
import { Refusal } from '../output/failure.ts'
import { warn } from '../output/output.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import { awaitReady } from '../request/await-ready.ts'
import { templateRefOf } from '../request/asked-request.ts'
import { isReady } from '../request/await-request.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { askForAccess, type Asked } from './ask-for-access.ts'
import type { Wanted } from './coverage.ts'
import type { At, Entry, EnterOptions } from './entry.ts'
import { findPod, type FoundPod } from './find-pod.ts'
import { lookAround, type Surroundings } from './look-around.ts'
import { ownAccess } from './own-access.ts'
import type { Refused } from './refusal.ts'
import { showRefusal } from './show-refusal.ts'
import { warnOfUnused } from './unused-terms.ts'

/** An access that is ready. */
interface Gained {
  readonly at: At
  readonly ask: ExecAccess
}

/**
 * Brings the user the access that they were refused for: by a request of theirs that is there already, else by a new
 * one.
 * @throws Refusal if they do not get it
 */
export function gainAccess(options: EnterOptions, entry: Entry, refused: Refused): Promise<Gained> {
  return inSession(options, async (session) => {
    const [around, found] = await orShow(refused, () =>
      Promise.all([lookAround(session), findPod(session, options, options.place)]),
    )
    const { asked, isNew } = await ownOrNew(session, { options, entry, refused, around, found })
    const { request, template, ask } = asked
    const ready = isReady(request) ? request : await awaitReady(session, request, { template, timeout: options.wait })
    if (isNew || ready !== request) tellEnd(ready)
    return { at: placeOf(ready, template), ask }
  })
}

interface Scene {
  readonly options: EnterOptions
  readonly entry: Entry
  readonly refused: Refused
  readonly around: Surroundings
  readonly found: FoundPod
}

async function ownOrNew(
  session: CliSession,
  { options, entry, refused, around, found }: Scene,
): Promise<{ readonly asked: Asked; readonly isNew: boolean }> {
  const container = options.container ?? found.container
  const asks = entry.asks.map((ask) => ({ ...ask, ...(container !== undefined && { container }) }))
  const wanted: Wanted = { where: found.where, asks, duration: options.duration, image: entry.image }
  const own = ownAccess(around.requests, around.templatesByKey, {
    ...{ ...wanted, ...found, isSpent: isSpent(refused) },
    under: templateRefOf(options),
  })
  if (!own) return { asked: await askForAccess(session, { options, entry, wanted, around, found }), isNew: true }
  const { name } = own.request.metadata
  warn(isReady(own.request) ? say`Goes in by your request ${name}.` : say`Your request ${name} is there already.`)
  warnOfUnused(name, options)
  return { asked: { ...own, template: templateAmong(own.request.spec, around.templatesByKey) }, isNew: false }
}

/** True if the gate says that the access which is granted can be used no more. Its status may not say so yet. */
function isSpent(refused: Refused): boolean {
  return refused.by === 'gate' && (refused.code === 'E_USED' || refused.code === 'E_ENDED')
}

/** Does the work. If it fails, the user also sees why kubectl was refused. */
async function orShow<T>(refused: Refused, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    showRefusal(refused)
    throw error
  }
}

function tellEnd({ status }: AccessRequest): void {
  const { expiresAt } = status ?? {}
  if (expiresAt !== undefined) warn(`You have access until ${timeOfDay(Date.parse(expiresAt), Date.now())}.`)
}

function placeOf({ metadata, status }: AccessRequest, template: AnyTemplate | undefined): At {
  const target = status?.target
  if (!target) throw new Refusal(say`Request ${metadata.name} gives no access to a pod.`)
  const offer = template && offerOf(template.spec.access)
  const debug = offer?.name === 'exec' ? offer.offered.debug : undefined
  return { pod: target.pod, container: target.container, ...(debug && { capabilities: debug.capabilities ?? [] }) }
}
