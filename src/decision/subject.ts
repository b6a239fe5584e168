import type { Subject } from '../api/subject.ts'

/** A login as a review has it, or as it was stamped. */
interface Login {
  readonly username: string
  readonly groups?: readonly string[] | undefined
}

/** Whether the user is the subject, by the rules of RBAC: names compare exactly, groups as the review lists them. */
export function isSubject(user: Login, subject: Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) ?? false
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}`
  }
}
