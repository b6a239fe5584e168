import { checkClusterTemplate, checkTemplate } from '../api/checks.ts'
import { accessTemplateKind, clusterAccessTemplateKind, type AnyTemplate } from '../api/kinds/access-template.ts'
import { KubeApiError } from '../cluster/api-error.ts'
import type { Client } from '../cluster/client.ts'
import { resources } from '../cluster/resources.ts'
import { typed } from '../cluster/typed-object.ts'
import { isOffered } from '../decision/asking.ts'
import { say } from '../decision/sentence.ts'
import { isNamed } from '../decision/subject.ts'
import { describeTemplate } from './describe-template.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { tell, warn } from './output.ts'
import type { Where } from './program.ts'
import { inSession, type Session } from './session.ts'
import { whoAmI } from './who-am-i.ts'

/** `templates`: what one may ask for in a namespace, and how. */
export function listTemplates(options: Where): Promise<ExitCode> {
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
      warn(
        say`You may not see the labels of namespace ${namespace}: templates that are for namespaces by label are left out.`,
      )
    }
    return exitCode.done
  })
}

function nothing(username: string, namespace: string): string {
  return say`No template offers ${username} anything in namespace ${namespace}.`
}

async function templatesFor({ client, namespace }: Session): Promise<readonly AnyTemplate[]> {
  const [own, clusterWide] = await Promise.all([
    client.list(accessTemplateKind, { namespace }),
    unlessForbidden(client.list(clusterAccessTemplateKind)),
  ])
  // A role that is bound in a namespace shows nothing of what is cluster-wide.
  if (!clusterWide)
    warn('You may not see ClusterAccessTemplates: they are left out, and may be asked for all the same.')
  return [
    ...own.items.map((one) => typed(one, checkTemplate)),
    ...(clusterWide?.items ?? []).map((one) => typed(one, checkClusterTemplate)),
  ]
}

/** Undefined where one may not see them, as most who work in a namespace. */
async function labelsOf(client: Client, name: string): Promise<Readonly<Record<string, string>> | undefined> {
  const found = await unlessForbidden(client.get(resources.Namespace, { name }).then((object) => ({ object })))
  return found && (found.object?.metadata.labels ?? {})
}

async function unlessForbidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return undefined
    throw error
  }
}
