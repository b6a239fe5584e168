import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../cluster/client/client.ts'
import type { KubeObject } from '../../../cluster/client/resource.ts'
import { resourceOf } from '../../../cluster/client/resources.ts'
import { say } from '../../../decision/text/sentence.ts'
import type { ClusterChoice } from '../../connection/flags.ts'
import { inSession } from '../../connection/session.ts'
import { Refusal } from '../../output/failure.ts'
import { interruptible } from '../../output/interrupt.ts'
import { warn } from '../../output/output.ts'
import { withPrompts } from '../../output/prompt.ts'
import { findingsOf, type Finding } from '../finding.ts'
import { canaryRule } from '../findings.ts'
import { answerOf, isTooEarly, type Answer } from './answer.ts'
import { canaryObjects, canaryUser, type CanaryNames } from './canary-objects.ts'
import { callsFor, type TriedCall } from './ways.ts'

interface Tried {
  readonly findings: readonly Finding[]
  readonly notChecked: readonly string[]
}

type Answers = readonly (readonly [way: string, answer: Answer])[]

/**
 * Tries each way in as a throw-away identity that RBAC lets in. Removes all that it made, also after a failure or Ctrl-C.
 * @throws Refusal if the user does not want it, or if something is left
 */
export async function tryCanary(where: ClusterChoice, isAgreed: boolean): Promise<Tried> {
  const name = `sallyport-canary-${randomBytes(4).toString('hex')}`
  const names = { name, namespace: where.namespace || name, makesNamespace: !where.namespace }
  if (!isAgreed) await agree(names)
  const answers = await inSession(where, ({ client }) => withObjects(client, names, tryAll(where, names)))
  for (const [way, { is, says }] of answers) warn(say`canary: ${way} is ${is}: ${says}`)
  const opened = answers.filter(([, { is }]) => is === 'open')
  return {
    findings: findingsOf(
      canaryRule,
      opened.map(([way, { says }]) => ({ subject: way, rule: `the canary came past the gate: ${says}` })),
    ),
    notChecked: answers.flatMap(([way, { is, says }]) => (is === 'unknown' ? [`canary: ${way}: ${says}`] : [])),
  }
}

async function agree(names: CanaryNames): Promise<void> {
  const question = `The canary makes and removes ${kindsOf(canaryObjects(names))} ${names.name}. Go on?`
  const isYes = await withPrompts((prompts) => prompts.confirm({ question, otherwise: 'add --yes' }))
  if (!isYes) throw new Refusal('Nothing was tried.')
}

/** Makes the objects, does the work, and removes the objects again. */
async function withObjects(
  client: Client,
  names: CanaryNames,
  work: (signal: AbortSignal) => Promise<Answers>,
): Promise<Answers> {
  const objects = canaryObjects(names)
  const begun: KubeObject[] = []
  let working: Promise<Answers> | undefined
  const makeAndWork = async (signal: AbortSignal): Promise<Answers> => {
    warn(`The canary makes ${kindsOf(objects)} ${names.name}, and removes all of it.`)
    for (const object of objects) {
      signal.throwIfAborted()
      begun.push(object)
      // It is not aborted: the API server might make the object after its removal.
      await client.create(resourceOf(object.kind), object)
    }
    return work(signal)
  }
  try {
    return await interruptible(
      () => 'The canary was interrupted. It has removed all that it made.',
      (signal) => (working = makeAndWork(signal)),
    )
  } finally {
    await Promise.allSettled([working])
    await removeAll(client, begun.toReversed())
  }
}

function kindsOf(objects: readonly KubeObject[]): string {
  return objects.map(({ kind }) => kind).join(', ')
}

/** @throws Refusal that names what is left */
async function removeAll(client: Client, objects: readonly KubeObject[]): Promise<void> {
  const left: string[] = []
  for (const { kind, metadata } of objects) {
    const place = metadata.namespace === undefined ? '' : ` -n ${metadata.namespace}`
    await client.remove(resourceOf(kind), metadata, AbortSignal.timeout(removalMs)).catch(() => {
      left.push(`kubectl delete ${kind.toLowerCase()} ${metadata.name}${place}`)
    })
  }
  if (left.length > 0)
    throw new Refusal(`The canary could not remove all that it made. Remove it yourself:\n${left.join('\n')}`)
}

const removalMs = 10_000

/** Returns the work that tries all ways. The service account is impersonated, so that no token of it is ever made. */
function tryAll(where: ClusterChoice, names: CanaryNames): (signal: AbortSignal) => Promise<Answers> {
  const { asUid: _uid, asGroup: _groups, asUserExtra: _extra, ...choice } = where
  return (signal) =>
    inSession({ ...choice, as: canaryUser(names) }, ({ client }) =>
      Promise.all(callsFor(names).map(async ([way, call]) => [way, await tryOne(client, call, signal)] as const)),
    )
}

async function tryOne(client: Client, { path, ...call }: TriedCall, signal: AbortSignal): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = answerOf(
      await client.call(path, { ...call, signal }).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    // A replica of the API server learns of a new binding within a second or so.
    if (!isTooEarly(answer) || tries === mostTries) return answer
    await sleep(betweenMs, undefined, { signal })
  }
}

const mostTries = 40
const betweenMs = 250
