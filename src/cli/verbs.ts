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

/** The verbs by group, in the order of --help. */
export const verbs: { readonly [Group in string]: readonly AddVerb[] } = {
  'Get in:': [addExec, addShell, addPortForward, addDebug, addRequest, addWait, addExtend],
  'Look:': [addList, addDescribe, addHistory, addTemplates, addCanI],
  'Decide:': [addReview, addApprove, addDeny, addRevoke],
  'Administer:': [addDoctor, addAudit, addMigrate],
  'Set up:': [addVersion, addCompletion, addComplete],
}
