import type { Subject } from '../api/subject.ts'
import type { UserInfo } from '../api/admission-review.ts'

/** Whether the user is the subject, by the rules of RBAC: names compare exactly, groups as the review lists them. */
export function isSubject(user: UserInfo, subject: Subject): boolean {
  switch (subject.kind) {
    case 'User':
      return user.username === subject.name
    case 'Group':
      return user.groups?.includes(subject.name) ?? false
    case 'ServiceAccount':
      return user.username === `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}`
  }
}
