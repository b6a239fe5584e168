import { checkClusterTemplate, checkTemplate } from '../../api/schema/checks.ts'
import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../../api/kinds/access-template.ts'
import { KubeApiError, unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { say } from '../../decision/text/sentence.ts'
import { isNamed } from '../../decision/subject.ts'
import { describeTemplate } from './describe-template.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell, warn } from '../output/output.ts'
import type { ClusterChoice } from '../connection/flags.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { Type } from 'typebox'
import { UserInfo } from '../../api/review/admission-review.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'

/** `templates`: shows what the user may ask for in a namespace, and how. */
export function listTemplates(options: ClusterChoice): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const { client, namespace } = session
    const [me, labels, all] = await Promise.all([whoAmI(client), labelsOf(client, namespace), templatesFor(session)])
    const mine = all.filter(({ spec }) => isNamed(me, spec.subjects))
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

async function templatesFor({ client, namespace }: CliSession): Promise<readonly AnyTemplate[]> {
  const [own, clusterWide] = await Promise.all([
    client.list(accessTemplateKind, { namespace }),
    unlessForbidden(client.list(clusterAccessTemplateKind)),
  ])
  // A role that is bound in one namespace gives no right to list cluster-wide objects.
  if (!clusterWide)
    warn('Not shown: ClusterAccessTemplates. You may not list them, but you can ask with --cluster-template NAME.')
  return [
    ...own.items.map((one) => typed(one, checkTemplate)),
    ...(clusterWide?.items ?? []).map((one) => typed(one, checkClusterTemplate)),
  ]
}

/** Returns the labels, or undefined if the user may not see them. Most users of a namespace may not. */
async function labelsOf(client: Client, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const found = await unlessForbidden(client.get(resources.Namespace, { name }).then((object) => ({ object })))
  return found && (found.object?.metadata.labels ?? {})
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
