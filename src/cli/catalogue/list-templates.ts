import { conditionIn } from '../../api/conditions.ts'
import { isOffered } from '../../decision/admission/offer-rules.ts'
import { say } from '../../decision/text/sentence.ts'
import { isNamed, subjectsText } from '../../decision/subject.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { approvalsBriefly, hoursBriefly } from '../../decision/challenge/challenges-briefly.ts'
import { offerBriefly } from '../../decision/kinds/access-kinds.ts'
import { longestOf } from '../../decision/template.ts'
import { printObjects, type Columns } from '../output/formats.ts'
import type { TemplatesOptions } from './templates-verb.ts'
import { whyNotUsable, type Place } from './why-not.ts'
import { describeTemplate } from './describe-template.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell, warn } from '../output/output.ts'
import { inSession } from '../connection/session.ts'
import { whoAmI } from '../connection/who-am-i.ts'
import { labelsOf, readTemplates } from './read-templates.ts'

/** `templates`: shows what the user may ask for in a namespace, and how. With --all, also why not the others. */
export function listTemplates({ all = false, output, ...choice }: TemplatesOptions): Promise<ExitCode> {
  return inSession(choice, async (session) => {
    const { client, namespace } = session
    const [me, labels, seen] = await Promise.all([whoAmI(client), labelsOf(client, namespace), readTemplates(session)])
    if (!seen.hasClusterWide)
      warn('Not shown: ClusterAccessTemplates. You may not list them, but you can ask with --cluster-template NAME.')
    const mine = seen.templates.filter(({ spec }) => isNamed(me, spec.subjects))
    const here = mine.filter((template) => isOffered(template, namespace, labels ?? {}))
    if (output !== undefined) {
      await printObjects(output, all ? seen.templates : here, templateColumns)
      if (here.length === 0) warn(nothing(me.username, namespace))
      return exitCode.done
    }
    tellMine(here, session.flags, { me, namespace, labels })
    if (all) tellOthers(seen.templates, here, { me, namespace, labels })
    else if (!labels && mine.length > here.length) {
      warn(say`Not shown: templates for namespaces by label. You may not read the labels of namespace ${namespace}.`)
    }
    return exitCode.done
  })
}

function tellMine(here: readonly AnyTemplate[], flags: string, { me, namespace }: Place): void {
  const described = here.map((one) => describeTemplate(one, namespace, flags)).join('\n')
  tell(here.length > 0 ? described : nothing(me.username, namespace))
}

function tellOthers(templates: readonly AnyTemplate[], here: readonly AnyTemplate[], place: Place): void {
  for (const template of templates.filter((one) => !here.includes(one))) {
    const { kind, metadata } = template
    tell(say`Not for you: ${kind} ${metadata.name}`)
    for (const why of whyNotUsable(template, place)) tell(`  ${why}`)
  }
}

function nothing(username: string, namespace: string): string {
  return say`No template offers ${username} anything in namespace ${namespace}.`
}

const templateColumns: Columns<AnyTemplate> = {
  titles: ['name', 'kind', 'access', 'approvals', 'hours', 'max', 'ready'],
  wideTitles: ['subjects', 'description'],
  cells: (template) => {
    const { kind, metadata, spec, status } = template
    return [
      metadata.name,
      kind,
      offerBriefly(spec.access),
      approvalsBriefly(spec.challenges ?? []),
      hoursBriefly(spec.challenges ?? []),
      longestOf(template),
      conditionIn(status, 'Ready')?.status,
      subjectsText(spec.subjects),
      spec.description,
    ]
  },
}
