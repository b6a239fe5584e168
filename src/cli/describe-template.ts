import type { AnyTemplate } from '../api/kinds/access-template.ts'
import type { ExecTemplate } from '../api/kinds/exec-template.ts'
import type { RoleAccess } from '../api/kinds/role-access.ts'
import type { ShellAccess } from '../api/kinds/shell-access.ts'
import { printableWhole } from '../api/printable.ts'
import { bindingsFor, bindingText } from '../decision/kinds/role/role-bindings.ts'
import { say } from '../decision/text/sentence.ts'
import { longestOf } from '../decision/template.ts'
import { shownArgv } from './shown-argv.ts'

type Demanded = NonNullable<AnyTemplate['spec']['attributes']>[number]

/** What a template offers, as lines, and what to type for it. */
export function describeTemplate(template: AnyTemplate, namespace: string): string {
  const { kind, metadata, spec, status } = template
  const { exec, shell, role } = spec.access
  const notReady = status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is !== 'True')
  const lines = [
    ...(spec.description === undefined ? [] : [spec.description]),
    ...(exec ? linesOfExec(exec) : []),
    ...(shell ? linesOfShell(shell) : []),
    ...(role ? linesOfRole(role, namespace) : []),
    `at most ${longestOf(template)}`,
    ...(spec.attributes ?? []).map(lineOfAttribute),
    ...(notReady ? [`NOT READY: ${notReady.message}`] : []),
    askFor(template, namespace),
  ]
  return [say`${kind} ${metadata.name}`, ...lines.map((line) => `  ${printableWhole(line)}`)].join('\n')
}

function linesOfExec({ target, containers, commands, subresources, debug }: ExecTemplate): readonly string[] {
  return [
    `exec into ${target.kind} ${target.name}` + (containers ? `, container ${containers.join(' or ')}` : ''),
    ...(commands ? commands.map((argv) => `command ${shownArgv(argv)}`) : ['any command']),
    ...(subresources?.length ? [`also ${subresources.join(', ')}`] : []),
    ...(debug ? [`with --debug, debug containers of ${debug.images.join(', ')}`] : []),
  ]
}

function linesOfShell({ from, limits = {} }: ShellAccess): readonly string[] {
  const amounts = Object.entries(limits).map(([resource, amount]) => `${resource} ${amount}`)
  return [
    from ? `a shell pod beside ${from.kind} ${from.name}` : 'a shell pod',
    ...(amounts.length > 0 ? [`up to ${amounts.join(', ')}`] : []),
  ]
}

function linesOfRole(role: RoleAccess, namespace: string): readonly string[] {
  return bindingsFor(role, namespace).map((binding) => `gives ${bindingText(binding)}`)
}

function lineOfAttribute({ key, pattern, optional = false }: Demanded): string {
  const what = `--attribute ${key}=…` + (pattern === undefined ? '' : `, matching ${pattern}`)
  return optional ? `may have ${what}` : `needs ${what}`
}

function askFor({ kind, metadata, spec: { access, attributes = [] } }: AnyTemplate, namespace: string): string {
  const needed = attributes.flatMap(({ key, optional }) => (optional ? [] : [` --attribute ${key}=…`])).join('')
  const flag = kind === 'AccessTemplate' ? '--template' : '--cluster-template'
  const what = access.exec ? 'exec' : access.shell ? 'shell' : 'role'
  return `kubectl access request ${what} -n ${namespace} ${flag} ${metadata.name} --reason "…"` + needed
}
