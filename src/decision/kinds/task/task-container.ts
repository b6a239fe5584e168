import { canonicalJson } from '../../canonical-json.ts'
import { say } from '../../text/sentence.ts'
import type { Fields } from '../../../api/fields.ts'
import { parseDuration, type Milliseconds } from '../../../api/duration.ts'
import { filledCommand, filledUndo, type TaskTerms } from './task-command.ts'

/** A task in its pod: the request that asked for it, and the container whose processes it sees. */
export interface TaskRun {
  readonly requestUid: string
  readonly target: string
  readonly terms: TaskTerms
  /** The seconds after which the task is ended. */
  readonly seconds: number
}

/** An ephemeral container that runs a task: fields of core/v1. */
export type TaskContainer = Fields & { readonly name: string }

export function isTaskContainer(fields: Fields): fields is TaskContainer {
  return typeof fields['name'] === 'string'
}

/** The beginning of the name of each task's container. Debug containers may not have it. */
export const taskPrefix = 'task-'

/** The beginning of the name of each container that undoes a task. Debug containers may not have it. */
export const undoPrefix = 'undo-'

/** Returns the name of the container that runs the task of a request. A request has one task, so it runs once. */
export function taskContainerName(requestUid: string): string {
  return taskPrefix + requestUid
}

/** Returns the name of the container that undoes the task of a request. So a task is undone once. */
export function undoContainerName(requestUid: string): string {
  return undoPrefix + requestUid
}

// The place of the seconds in the command.
const secondsAt = 3
// A program may ignore the first signal.
const killAfterSeconds = '5'

/**
 * Returns the container that runs a task. Kubernetes cannot stop an ephemeral container, so the deadline is a part of the
 * command.
 */
export function taskContainer({ requestUid, target, terms, seconds }: TaskRun): TaskContainer {
  return {
    name: taskContainerName(requestUid),
    image: terms.offered.image,
    targetContainerName: target,
    command: within(seconds, filledCommand(terms)),
    securityContext: securityOf(terms),
  }
}

const undoSeconds = 60

/** Returns the container that undoes a task. Undefined if its template offers none. */
export function undoContainer(run: Omit<TaskRun, 'seconds'>): TaskContainer | undefined {
  const command = filledUndo(run.terms)
  if (!command) return undefined
  const same = taskContainer({ ...run, seconds: undoSeconds })
  return { ...same, name: undoContainerName(run.requestUid), command: within(undoSeconds, command) }
}

function within(seconds: number, command: readonly string[]): readonly string[] {
  return ['timeout', '-k', killAfterSeconds, String(seconds), ...command.map(unexpanded)]
}

/**
 * Returns a word that the kubelet leaves as it was approved. It replaces `$(NAME)` by a variable, and any Service of the
 * namespace makes variables. Two signs stand for one.
 */
function unexpanded(word: string): string {
  return word.replaceAll('$', '$$$$')
}

function securityOf({ offered: { capabilities = [], runAsUser, runAsGroup } }: TaskTerms): Fields {
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'], ...(capabilities.length > 0 && { add: capabilities }) },
    seccompProfile: { type: 'RuntimeDefault' },
    // The pod may say that nobody runs as user 0. The template's author has the right to say otherwise.
    ...(runAsUser !== undefined && { runAsUser, runAsNonRoot: runAsUser !== 0 }),
    ...(runAsGroup !== undefined && { runAsGroup }),
  }
}

/** An access goes on for this time after its task has ended, so that Sallyport can read the output. */
export const readingMs: Milliseconds = 5_000

/**
 * Returns the whole seconds for which a task may run: until its deadline, and not longer than the time that is left.
 */
export function taskSeconds({ offered: { deadline } }: TaskTerms, left: Milliseconds): number {
  const longest = deadline === undefined ? Infinity : (parseDuration(deadline) ?? 0)
  return Math.max(0, Math.floor(Math.min(left, longest) / 1_000))
}

/** The fields that the API server adds to an ephemeral container, with the values that they may have. */
const defaulted: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    // The admission plugin AlwaysPullImages changes it.
    imagePullPolicy: ['"IfNotPresent"', '"Always"'],
    terminationMessagePath: ['"/dev/termination-log"'],
    terminationMessagePolicy: ['"File"'],
    resources: ['{}'],
  }),
)

/**
 * Compares a container with the task of a request, field by field. Each difference is a clause that names the field.
 * @param run Its seconds are the most that the container may have.
 */
export function taskDifferences(container: Fields, run: TaskRun): readonly string[] {
  return containerDifferences(container, taskContainer({ ...run, seconds: secondsOf(container, run.seconds) }))
}

/** Compares a container with the one that is wanted, field by field. Each difference is a clause that names the field. */
export function containerDifferences(container: Fields, wanted: Fields): readonly string[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(container)])]
  return names.flatMap((name) => {
    if (name === 'command') return wrongWords(container[name], wanted[name])
    const must = canonicalJson(Object.hasOwn(wanted, name) ? wanted[name] : null)
    const is = canonicalJson(container[name] ?? null)
    if (is === must || defaulted.get(name)?.includes(is)) return []
    return [say`${name} must ` + (Object.hasOwn(wanted, name) ? say`be ${must}, not ${is}` : 'be left out')]
  })
}

/** Names the words of a command that are wrong. It does not quote them: they may hold secret values of parameters. */
function wrongWords(is: unknown, must: unknown): readonly string[] {
  if (canonicalJson(is ?? null) === canonicalJson(must)) return []
  const [words, wanted] = [listOf(is), listOf(must)]
  if (words.length !== wanted.length) return [`command must have ${wanted.length} words, not ${words.length}`]
  return wanted.flatMap((word, index) =>
    words[index] === word ? [] : [`command[${index}] must be the word that was approved`],
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/**
 * Returns the container of a task without its seconds. If the first attempt to add it fails, the next one has fewer.
 * Any other container stays as it is.
 */
export function withoutSeconds(container: Fields): Fields {
  const { name, command } = container
  if (typeof name !== 'string' || !name.startsWith(taskPrefix)) return container
  return { ...container, command: listOf(command).toSpliced(secondsAt, 1) }
}

/** Returns the seconds that a container has, if a task with at most so many may have them. */
function secondsOf({ command }: Fields, most: number): number {
  const word = listOf(command)[secondsAt]
  const seconds = typeof word === 'string' && /^[1-9]\d{0,8}$/.test(word) ? Number(word) : most
  return Math.min(seconds, most)
}
