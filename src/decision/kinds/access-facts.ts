import type { AccessName } from '../../api/accesses.ts'
import type { StringMap } from '../../api/fields.ts'

interface FactsOfAccess {
  readonly exec: {
    readonly pod?: string
    readonly container?: string
    /** Left out if any command is asked for. */
    readonly command?: readonly string[]
    readonly stdin: boolean
    readonly tty: boolean
    readonly subresources: readonly string[]
  }
  readonly shell: {
    /** Amounts by the name of the resource, such as `cpu`. */
    readonly resources: StringMap
  }
  readonly role: object
  readonly task: {
    readonly pod?: string
    /** The values of the parameters, by name. */
    readonly parameters: StringMap
  }
}

/** The facts of each kind of access that an expression sees, as `request.exec` and the like (docs/expressions.md). */
export type AccessFacts = { readonly [Name in AccessName]: FactsOfAccess[Name] }
