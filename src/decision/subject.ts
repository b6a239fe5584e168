import type { Subject } from '../api/subject.ts'
import { say } from './sentence.ts'

/** A login as a review has it, or as it was stamped. */
interface Login {
  readonly username: string
  readonly groups?: readonly string[] | undefined
}

const serviceAccountPrefix = 'system:serviceaccount:'

/** Whether the user is the subject, by the rules of RBAC: names compare exactly, groups as the review lists them. */
export function isSubject(user: Login, subject: Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) ?? false
    case 'ServiceAccount':
      return user.username === `${serviceAccountPrefix}${subject.namespace ?? ''}:${subject.name}`
  }
}

export function isServiceAccount({ username }: Pick<Login, 'username'>): boolean {
  return username.startsWith(serviceAccountPrefix)
}

/** The groups among the subjects. */
export function groupNames(subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ kind, name }) => (kind === 'Group' ? [name] : []))
}

/** As people read it: `group sre`. */
export function subjectText({ kind, name, namespace }: Subject): string {
  switch (kind) {
    case 'User':
      return say`user ${name}`
    case 'Group':
      return say`group ${name}`
    case 'ServiceAccount':
      return say`service account ${namespace ?? ''}/${name}`
  }
}
