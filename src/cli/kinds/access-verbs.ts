import type { AccessName } from '../../api/accesses.ts'
import type { AddVerb } from '../verb/verb.ts'
import { addExec } from './exec-verb.ts'
import { addRole } from './role-verb.ts'
import { addShell } from './shell-verb.ts'
import { addTask } from './task-verb.ts'

/** The verb below `request` of each kind of access. */
export const accessVerbs: { readonly [Name in AccessName]: AddVerb } = {
  exec: addExec,
  shell: addShell,
  role: addRole,
  task: addTask,
}
