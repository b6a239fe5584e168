import { offerOf } from '../../api/accesses.ts'
import { conditionIn } from '../../api/conditions.ts'
import { offerLines } from '../kinds/access-kinds.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { printableWhole } from '../../api/printable.ts'
import { say } from '../../decision/text/sentence.ts'
import type { DemandedAttribute } from '../../decision/admission/attributes.ts'
import { longestOf } from '../../decision/template.ts'

/** Describes in lines what a template offers, and the command that asks for it. */
export function describeTemplate(template: AnyTemplate, namespace: string, flags: string): string {
  const { kind, metadata, spec, status } = template
  const ready = conditionIn(status, 'Ready')
  const lines = [
    ...(spec.description === undefined ? [] : [spec.description]),
    ...offerLines(spec.access, namespace),
    `at most ${longestOf(template)}`,
    ...(spec.attributes ?? []).map(lineOfAttribute),
    ...(ready && ready.status !== 'True' ? [`NOT READY: ${ready.message}`] : []),
    askFor(template, namespace) + flags,
  ]
  return [say`${kind} ${metadata.name}`, ...lines.map((line) => `  ${printableWhole(line)}`)].join('\n')
}

function lineOfAttribute({ key, pattern, optional = false }: DemandedAttribute): string {
  const what = `--attribute ${key}=…` + (pattern === undefined ? '' : `, matching ${pattern}`)
  return optional ? `may have ${what}` : `needs ${what}`
}

/** The command asks for the reason, and for the attributes that the template demands. */
function askFor({ kind, metadata, spec: { access } }: AnyTemplate, namespace: string): string {
  const flag = kind === 'AccessTemplate' ? '--template' : '--cluster-template'
  const verb = offerOf(access)?.name ?? '--help'
  return `kubectl access request ${verb} -n ${namespace} ${flag} ${metadata.name}`
}
