import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { say } from '../../decision/text/sentence.ts'
import { isNamed } from '../../decision/subject.ts'
import { describeTemplate } from './describe-template.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell, warn } from '../output/output.ts'
import type { ClusterChoice } from '../connection/flags.ts'
import { inSession } from '../connection/session.ts'
import { labelsOf, readTemplates } from './read-templates.ts'
import { Type } from 'typebox'
import { UserInfo } from '../../api/review/admission-review.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'

/** `templates`: shows what the user may ask for in a namespace, and how. */
export function listTemplates(options: ClusterChoice): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const { client, namespace } = session
    const [me, labels, seen] = await Promise.all([whoAmI(client), labelsOf(client, namespace), readTemplates(session)])
    if (!seen.hasClusterWide)
      warn('Not shown: ClusterAccessTemplates. You may not list them, but you can ask with --cluster-template NAME.')
    const mine = seen.templates.filter(({ spec }) => isNamed(me, spec.subjects))
    const here = mine.filter((template) => isOffered(template, namespace, labels ?? {}))
    tell(
      here.length > 0
        ? here.map((one) => describeTemplate(one, namespace)).join('\n')
        : nothing(me.username, namespace),
    )
    if (!labels && mine.length > here.length) {
      warn(say`Not shown: templates for namespaces by label. You may not read the labels of namespace ${namespace}.`)
    }
    return exitCode.done
  })
}

function nothing(username: string, namespace: string): string {
  return say`No template offers ${username} anything in namespace ${namespace}.`
}

const apiVersion = 'authentication.k8s.io/v1'
const kind = 'SelfSubjectReview'
const checkReview = schemaCheck(Type.Object({ status: Type.Object({ userInfo: UserInfo }) }), 'review')

/** Asks the API server who the user is. Every user who is logged in may ask. */
export async function whoAmI(client: Client): Promise<UserInfo> {
  const path = `/apis/${apiVersion}/selfsubjectreviews`
  const result = checkReview(await client.call(path, { method: 'POST', body: { apiVersion, kind } }))
  if (result.ok) return result.value.status.userInfo
  throw new KubeApiError(`POST ${path}: ${result.problems.join('; ')}`)
}
