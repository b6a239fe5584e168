import type { Subject } from '../api/subject.ts'
import { say } from './text/sentence.ts'

/** A login from a review, or as Sallyport stamped it. */
interface UserLogin {
  readonly username: string
  readonly groups?: readonly string[] | undefined
}

const serviceAccountPrefix = 'system:serviceaccount:'

/** True if the user is the subject, by the rules of RBAC. Names compare exactly, and groups are those of the review. */
export function isSubject(user: UserLogin, subject: Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) ?? false
    case 'ServiceAccount':
      return user.username === `${serviceAccountPrefix}${subject.namespace ?? ''}:${subject.name}`
  }
}

/**
 * True if subjects name this login. Every service account is in groups such as system:authenticated. So a group names a
 * service account only if it is a group of service accounts.
 */
export function isNamed(user: UserLogin, subjects: readonly Subject[]): boolean {
  return subjects.some(
    (subject) =>
      isSubject(user, subject) &&
      (subject.kind !== 'Group' || !isServiceAccount(user) || isServiceAccountGroup(subject.name)),
  )
}

// All of the cluster, or all of one namespace (apiserver pkg/authentication/serviceaccount/util.go).
const serviceAccountGroups = 'system:serviceaccounts'

function isServiceAccountGroup(name: string): boolean {
  return name === serviceAccountGroups || name.startsWith(`${serviceAccountGroups}:`)
}

export function isServiceAccount({ username }: Pick<UserLogin, 'username'>): boolean {
  return username.startsWith(serviceAccountPrefix)
}

/** The groups among the subjects. */
export function groupNames(subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ kind, name }) => (kind === 'Group' ? [name] : []))
}

// Nobody reads a longer list.
const shownSubjects = 5

/** The subjects in words: `group sre or user carol`. */
export function subjectsText(subjects: readonly Subject[]): string {
  const shown = subjects.slice(0, shownSubjects).map(subjectText)
  const more = subjects.length - shown.length
  return [...shown, ...(more > 0 ? [`${more} others`] : [])].join(' or ')
}

/** The names of the subjects only: `sre or carol`. */
export function subjectsBriefly(subjects: readonly Subject[]): string {
  const [first, second, ...others] = subjects.map(({ name }) => say`${name}`)
  const more = others.length > 0 ? [`${others.length} others`] : []
  return [first, second, ...more].filter((one) => one !== undefined).join(' or ')
}

/** The subject in words: `group sre`. */
function subjectText({ kind, name, namespace }: Subject): string {
  switch (kind) {
    case 'User':
      return say`user ${name}`
    case 'Group':
      return say`group ${name}`
    case 'ServiceAccount':
      return say`service account ${namespace ?? ''}/${name}`
  }
}
