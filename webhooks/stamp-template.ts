import { mayDo } from '../src/cluster/access-review.ts'
import type { Client } from '../src/cluster/client.ts'
import { admitAuthor, admitTemplate, type TemplatePolicy } from '../src/decision/template-admission.ts'
import { shellFindings } from '../src/provision/shell/shell-findings.ts'
import { ownKindMatch } from './own-kind-match.ts'
import type { Webhook } from './webhook.ts'

/** Who wrote a template: stamped from the login. One that could never be used is refused, with the field. */
export const stampTemplateMatch = ownKindMatch(
  'templates.access.sallyport.dev',
  '/templates',
  ['accesstemplates', 'clusteraccesstemplates'],
  '*',
)

export function stampTemplateWebhook(client: Client, policy: TemplatePolicy): Webhook {
  return {
    match: stampTemplateMatch,
    async handle(review, _id, signal) {
      const at = admitTemplate(review, policy, shellFindings)
      if ('decision' in at) return at.decision
      const answers = await Promise.all(
        at.needs.map(async ({ text: _text, ...need }) => mayDo(client, review.userInfo, need, signal)),
      )
      const lacking = at.needs.filter((_need, index) => !answers[index])
      return admitAuthor(review, at.stamped, lacking)
    },
    conclude: (decision) => decision,
  }
}
