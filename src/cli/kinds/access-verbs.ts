import type { AccessName } from '../../api/accesses.ts'
import { addExec, type RequestExecOptions } from './exec-verb.ts'
import { addRole } from './role-verb.ts'
import { addShell, type RequestShellOptions } from './shell-verb.ts'
import type { AddVerb, AskOptions } from '../request-verb.ts'

/** The options of `request` for each kind of access. */
export interface RequestOptions extends Record<AccessName, AskOptions> {
  readonly exec: RequestExecOptions
  readonly shell: RequestShellOptions
  readonly role: AskOptions
}

/** The verb of each kind of access. It does not load its work, so that --help need not wait for that. */
export const accessVerbs: { readonly [Name in AccessName]: AddVerb<RequestOptions[Name]> } = {
  exec: addExec,
  shell: addShell,
  role: addRole,
}
