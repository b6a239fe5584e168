import { conditionIn } from '../../api/conditions.ts'
import { offerOf } from '../../api/accesses.ts'
import { parseDuration } from '../../api/duration.ts'
import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { readCommands } from '../../decision/command/command.ts'
import { matchCommands, wrongWordsText } from '../../decision/command/match-command.ts'
import { beyondExec } from '../../decision/kinds/exec/beyond-offer.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { stagesOf } from '../../decision/challenge/challenge-kind.ts'
import { nextOpening } from '../../decision/challenge/time-window.ts'
import { isNamed } from '../../decision/subject.ts'
import { longestOf } from '../../decision/template.ts'
import { say } from '../../decision/text/sentence.ts'
import { isTargetOf, type Where } from './where-it-runs.ts'

/** The user, and the namespace in which they ask. */
export interface Asker {
  readonly me: { readonly username: string; readonly groups?: readonly string[] | undefined }
  readonly namespace: string
  /** The labels of the namespace. Undefined if the user may not read them. */
  readonly labels: Readonly<Record<string, string>> | undefined
  readonly now: number
}

/** The access that the user wants. */
export interface Wanted {
  readonly where: Where
  /** The asks that would do, without the pod. The first is preferred. */
  readonly asks: readonly ExecAccess[]
  readonly duration: string | undefined
  /** The image of the debug container. */
  readonly image: string | undefined
}

/** A template that offers one of the asks. */
export interface Choice {
  readonly template: AnyTemplate
  readonly ask: ExecAccess
}

/**
 * Returns the best of the templates that would give what is wanted. They are equally good. A template that is open now
 * is better than a closed one. Then the one that needs fewer approvals is better, and then that with fewer challenges.
 */
export function bestChoices(wanted: Wanted, templates: readonly AnyTemplate[], asker: Asker): readonly Choice[] {
  const ranked = templates
    .filter((template) => isForAsker(template, asker))
    .flatMap((template) => {
      const choice = choiceUnder(template, wanted)
      return choice ? [{ choice, rank: rankOf(choice, wanted, asker) }] : []
    })
    .toSorted((a, b) => compare(a.rank, b.rank))
  const [best] = ranked
  return best ? ranked.filter(({ rank }) => compare(rank, best.rank) === 0).map(({ choice }) => choice) : []
}

/** Returns the first of the asks that this template offers, for the pod and the time that are wanted. */
export function choiceUnder(template: AnyTemplate, wanted: Wanted): Choice | undefined {
  const { access } = template.spec
  const offer = offerOf(access)
  if (offer?.name !== 'exec' || isTooLong(wanted.duration, template)) return undefined
  const { offered } = offer
  if (!isTargetOf(offered.target, wanted.where)) return undefined
  if (wanted.image !== undefined && !offered.debug?.images.includes(wanted.image)) return undefined
  const ask = wanted.asks.find((one) => !beyondExec(one, offered, ''))
  return ask && { template, ask }
}

/** Says which templates would offer a wanted command if other words stood in their holes: a sentence for each. */
export function nearOffers(wanted: Wanted, templates: readonly AnyTemplate[], asker: Asker): readonly string[] {
  return templates
    .filter((template) => isForAsker(template, asker))
    .flatMap((template) => {
      const offer = offerOf(template.spec.access)
      if (offer?.name !== 'exec' || !isTargetOf(offer.offered.target, wanted.where)) return []
      const { commands = [], holes } = offer.offered
      const offered = readCommands({ commands, holes })
      const matches = wanted.asks.map(({ command = [] }) => matchCommands(offered, command))
      const text = wrongWordsText(matches.flatMap((match) => (match.matches ? [] : match.wrong)))
      return text ? [say`${template.kind} ${template.metadata.name} offers such a command` + `${text}.`] : []
    })
}

function isForAsker(template: AnyTemplate, { me, namespace, labels = {} }: Asker): boolean {
  const ready = conditionIn(template.status, 'Ready')
  return ready?.status !== 'False' && isNamed(me, template.spec.subjects) && isOffered(template, namespace, labels)
}

function isTooLong(duration: string | undefined, template: AnyTemplate): boolean {
  return duration !== undefined && (parseDuration(duration) ?? 0) > (parseDuration(longestOf(template)) ?? 0)
}

type Rank = readonly number[]

function rankOf({ template, ask }: Choice, { asks }: Wanted, { now }: Asker): Rank {
  const { challenges = [] } = template.spec
  const windows = challenges.flatMap(({ timeWindow }) => (timeWindow ? [timeWindow] : []))
  const isOpen = nextOpening(windows, now)?.start === now
  return [isOpen ? 0 : 1, approvalsUnder(template), challenges.length, asks.indexOf(ask)]
}

function compare(a: Rank, b: Rank): number {
  const [difference = 0] = a.map((one, index) => one - (b[index] ?? 0)).filter((one) => one !== 0)
  return difference
}

/** Returns the number of people who must approve under a template. */
export function approvalsUnder({ spec }: AnyTemplate): number {
  return stagesOf(spec.challenges ?? []).reduce((sum, { count }) => sum + count, 0)
}
