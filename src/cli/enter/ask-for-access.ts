import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import { accessWarning, offerLines } from '../kinds/access-kinds.ts'
import { execRequest } from '../kinds/request-exec.ts'
import { Refusal } from '../output/failure.ts'
import { warn } from '../output/output.ts'
import { withPrompts } from '../output/prompt.ts'
import { withAnswersBeside } from '../request/ask-missing.ts'
import type { NewRequest } from '../request/asked-request.ts'
import { createObject } from '../request/create-object.ts'
import { madeText } from '../request/make-request.ts'
import { asRequest, templateOf } from '../request/read-request.ts'
import type { CliSession } from '../connection/session.ts'
import { approvalsUnder, bestChoices, choiceUnder, type Choice, type Wanted } from './coverage.ts'
import type { Entry, EnterOptions } from './entry.ts'
import type { FoundPod } from './find-pod.ts'
import type { Surroundings } from './look-around.ts'

/** The request that was made, and the template that it is under. */
export interface Asked {
  readonly request: AccessRequest
  readonly template: AnyTemplate | undefined
  readonly ask: ExecAccess
}

interface Asking {
  readonly options: EnterOptions
  readonly entry: Entry
  readonly found: FoundPod
  readonly wanted: Wanted
  readonly around: Surroundings
}

/**
 * Makes the request that would let the user in: under the template that needs the fewest people, else without one.
 * @throws Refusal if nothing offers it, or the user gives no answer
 */
export async function askForAccess(session: CliSession, asking: Asking): Promise<Asked> {
  const { options, entry, found, around } = asking
  const choice = isNamed(options) ? await named(session, asking) : await chosen(asking)
  const [first] = entry.asks
  const { template, ask = first } = choice ?? { template: undefined }
  if (!template && !isNamed(options)) mustBeDirect(asking)
  const wanted = requestFor(options, { ask, found, template }, around.asker.namespace)
  const complete = await withAnswersBeside(entry, wanted, template)
  const request = asRequest(await createObject(session.client, accessRequestKind, complete))
  warn(madeText(request) + (entry.told === undefined ? '' : ` It asks for ${entry.told}.`))
  const warning = accessWarning(request.spec, template)
  if (warning !== undefined) warn(warning)
  return { request, template, ask }
}

function isNamed({ template, clusterTemplate }: EnterOptions): boolean {
  return template !== undefined || clusterTemplate !== undefined
}

/** Takes the template that the user named. The server says why if it does not fit. */
async function named(
  { client, namespace }: CliSession,
  { options, wanted }: Asking,
): Promise<Partial<Choice> | undefined> {
  const spec = { templateRef: refOf(options) }
  const template = await templateOf(client, { metadata: { namespace }, spec })
  return template && { template, ...choiceUnder(template, wanted) }
}

function refOf({ template, clusterTemplate = '' }: EnterOptions): NonNullable<AccessRequest['spec']['templateRef']> {
  return template === undefined
    ? { kind: 'ClusterAccessTemplate', name: clusterTemplate }
    : { kind: 'AccessTemplate', name: template }
}

/** Takes the best template. If several are equally good, the user at a terminal picks one. */
async function chosen({ wanted, around }: Asking): Promise<Choice | undefined> {
  const choices = bestChoices(wanted, around.templates, around.asker)
  const [first] = choices
  if (choices.length < 2 || !process.stdin.isTTY) return first
  const labels = choices.map(({ template }) => labelOf(template, around.asker.namespace))
  const label = await withPrompts((prompts) =>
    prompts.select({ question: 'Several templates offer this. Which one?', otherwise: 'add --template NAME' }, labels),
  )
  return choices[labels.indexOf(label)]
}

function labelOf(template: AnyTemplate, namespace: string): string {
  const { kind, metadata, spec } = template
  const approvals = approvalsUnder(template)
  const lines = [
    ...offerLines(spec.access, namespace),
    approvals === 0 ? 'needs nobody' : `needs ${approvals} approvals`,
  ]
  return say`${kind} ${metadata.name}: ${lines.join(', ')}`
}

/** Without a template a request names its pod, and debug containers cannot be had. */
function mustBeDirect({ entry, found, options, around }: Asking): void {
  const { namespace, me } = around.asker
  const [ask] = entry.asks
  if (ask.debug) {
    throw new Refusal(
      say`No template offers ${me.username} debug containers of image ${entry.image ?? ''} for ${options.place.text}. ` +
        say`To see what is offered: kubectl access templates -n ${namespace}`,
    )
  }
  if (found.where.is !== 'workload') return
  throw new Refusal(
    say`No template offers this for ${options.place.text}, and you may not see its pods. Name a pod, or see what is ` +
      say`offered: kubectl access templates -n ${namespace}`,
  )
}

function requestFor(
  options: EnterOptions,
  {
    ask,
    found,
    template,
  }: { readonly ask: ExecAccess; readonly found: FoundPod; readonly template: AnyTemplate | undefined },
  namespace: string,
): NewRequest {
  const { place: _place, wait: _wait, template: _template, clusterTemplate: _clusterTemplate, ...terms } = options
  const { subresources, ...asked } = ask
  const container = options.container ?? found.container
  const [pod] = found.pods
  return execRequest(
    {
      ...terms,
      ...asked,
      ...(subresources && { subresource: subresources }),
      ...(pod !== undefined && { pod }),
      ...(container !== undefined && { container }),
      ...(template ? nameOf(template) : isNamed(options) && namesIn(options)),
    },
    namespace,
  )
}

function nameOf({ kind, metadata: { name } }: AnyTemplate): { template: string } | { clusterTemplate: string } {
  return kind === 'AccessTemplate' ? { template: name } : { clusterTemplate: name }
}

function namesIn({ template, clusterTemplate }: EnterOptions): object {
  return { ...(template !== undefined && { template }), ...(clusterTemplate !== undefined && { clusterTemplate }) }
}
