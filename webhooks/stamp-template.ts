import { mayDo } from '../src/cluster/client/access-review.ts'
import type { Client } from '../src/cluster/client/client.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import {
  admitAuthor,
  admitTemplate,
  objectionToExpressions,
  type TemplateExpression,
  type TemplatePolicy,
} from '../src/decision/admission/template-admission.ts'
import type { Evaluator } from '../src/expression/evaluator.ts'
import { shellFindings } from '../src/provision/shell/shell-problems.ts'
import { ownKindMatch } from './steps/own-kind-match.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/** Stamps the author of a template from the login. A template that could never be used is refused, with the field. */
export const stampTemplateMatch = ownKindMatch(
  'templates.access.sallyport.dev',
  '/templates',
  ['accesstemplates', 'clusteraccesstemplates'],
  '*',
)

interface TemplateTools {
  readonly clock: Pick<WaryClock, 'now'>
  readonly evaluator: Pick<Evaluator, 'problemWith'>
}

export function stampTemplateWebhook(
  client: Client,
  { clock, evaluator }: TemplateTools,
  policy: TemplatePolicy,
): Webhook {
  return {
    match: stampTemplateMatch,
    async handle(review, { signal }) {
      const at = admitTemplate(review, policy, { look: shellFindings, now: clock.now() })
      if ('decision' in at) return at.decision
      const objection = objectionToExpressions(await problemsOf(at.expressions, evaluator))
      if (objection) return objection
      const rights = [...at.needs, ...(at.escalation ? [at.escalation] : [])]
      const answers = await Promise.all(
        rights.map(async ({ text: _text, ...right }) => mayDo(client, review.userInfo, right, signal)),
      )
      return admitAuthor(at, new Set(rights.filter((_right, index) => !answers[index])))
    },
    conclude: (decision) => decision,
  }
}

async function problemsOf(
  expressions: readonly TemplateExpression[],
  evaluator: TemplateTools['evaluator'],
): Promise<ReadonlyMap<string, string | undefined>> {
  return new Map(
    await Promise.all(
      expressions.map(async ({ path, cel }): Promise<[string, string | undefined]> => [
        path,
        await evaluator.problemWith(cel),
      ]),
    ),
  )
}
