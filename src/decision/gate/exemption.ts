import type { UserInfo } from '../../api/review/admission-review.ts'
import type { Exemption } from '../../api/config/config.ts'
import type { Entry } from './entry.ts'
import { isSubject } from '../subject.ts'

/** The first exemption that names this user, this way in and this namespace. */
export function exemptionFor(entry: Entry, user: UserInfo, exemptions: readonly Exemption[]): Exemption | undefined {
  return exemptions.find(
    ({ subjects, namespaces, subresources }) =>
      subresources.includes(entry.way) &&
      (namespaces === undefined || ('namespace' in entry && namespaces.includes(entry.namespace))) &&
      subjects.some((subject) => isSubject(user, subject)),
  )
}
