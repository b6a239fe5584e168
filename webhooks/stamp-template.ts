import { admitTemplate, type TemplatePolicy } from '../src/decision/template-admission.ts'
import { ownKindMatch } from './own-kind-match.ts'
import type { Webhook } from './webhook.ts'

/** Who wrote a template: stamped from the login. One that could never be used is refused, with the field. */
export const stampTemplateMatch = ownKindMatch('templates.access.sallyport.dev', '/templates', [
  'accesstemplates',
  'clusteraccesstemplates',
])

export function stampTemplateWebhook(policy: TemplatePolicy): Webhook {
  return {
    match: stampTemplateMatch,
    handle: (review) => Promise.resolve(admitTemplate(review, policy)),
    conclude: (decision) => decision,
  }
}
