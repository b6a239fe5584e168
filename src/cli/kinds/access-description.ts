import type { AccessName, AskedAccess, OfferedAccess } from '../../api/accesses.ts'
import type { StringMap } from '../../api/fields.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import type { Line } from '../output/lines.ts'

/** Shows one kind of access to people. */
export interface AccessDescription<Name extends AccessName> {
  /** The fields of the request that `request` shows. Others come from a newer Sallyport, and are shown as they are. */
  readonly shownFields: readonly string[]
  /** Describes what a request asks for. @param scope what it gives in a pod; undefined if nothing */
  readonly request: (
    asked: AskedAccess<Name>['asked'],
    status: AccessRequestStatus,
    scope: ExecScope | undefined,
  ) => readonly Line[]
  /** Returns the same access, to ask for it again. The pod that was found is named, so that work in it can go on. */
  readonly again: (asked: AskedAccess<Name>['asked'], status: AccessRequestStatus) => object
  /** Describes what a template offers in a namespace. */
  readonly offer: (offered: OfferedAccess<Name>['offered'], namespace: string) => readonly string[]
  /** Returns the names of the values that the offer demands and the request lacks. */
  readonly lacks: (asked: AskedAccess<Name>['asked'], offered: OfferedAccess<Name>['offered']) => readonly string[]
  /** Returns the same access with more values, by name. */
  readonly withValues: (asked: AskedAccess<Name>['asked'], values: StringMap) => AskedAccess<Name>['asked']
  /** Returns what the requestor should think about again, or undefined if there is nothing. */
  readonly warning: (asked: AskedAccess<Name>['asked'], scope: ExecScope | undefined) => string | undefined
}
