import { addComplete } from './about/complete-verb.ts'
import { addCompletion } from './about/completion-verb.ts'
import { addVersion } from './about/version-verb.ts'
import { addAudit } from './audit/audit-verb.ts'
import { addCanI } from './catalogue/can-i-verb.ts'
import { addTemplates } from './catalogue/templates-verb.ts'
import { addDoctor } from './doctor/doctor-verb.ts'
import { addDebug } from './enter/debug-verb.ts'
import { addExec } from './enter/exec-verb.ts'
import { addPortForward } from './enter/port-forward-verb.ts'
import { addShell } from './enter/shell-verb.ts'
import { addTask } from './task/task-verb.ts'
import { addDescribe } from './look/describe-verb.ts'
import { addHistory } from './look/history-verb.ts'
import { addList } from './look/list-verb.ts'
import { addRequest } from './request/request-verb.ts'
import { addWait } from './request/wait-verb.ts'
import { addApprove } from './review/approve-verb.ts'
import { addDeny } from './review/deny-verb.ts'
import { addMigrate } from './migrate/migrate-verb.ts'
import { addExtend } from './request/extend-verb.ts'
import { addReview } from './review/review-verb.ts'
import { addRevoke } from './review/revoke-verb.ts'
import type { AddVerb } from './verb/verb.ts'

/** The verbs by group and name, in the order of --help. */
export const verbs: { readonly [Group in string]: { readonly [Name in string]: AddVerb } } = {
  'Get in:': {
    exec: addExec,
    shell: addShell,
    'port-forward': addPortForward,
    debug: addDebug,
    task: addTask,
    request: addRequest,
    wait: addWait,
    extend: addExtend,
  },
  'Look:': {
    list: addList,
    describe: addDescribe,
    history: addHistory,
    templates: addTemplates,
    'can-i': addCanI,
  },
  'Decide:': {
    review: addReview,
    approve: addApprove,
    deny: addDeny,
    revoke: addRevoke,
  },
  'Administer:': {
    doctor: addDoctor,
    audit: addAudit,
    migrate: addMigrate,
  },
  'Set up:': {
    version: addVersion,
    completion: addCompletion,
    __complete: addComplete,
  },
}
