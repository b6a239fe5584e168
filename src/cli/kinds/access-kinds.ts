import type { StringMap } from '../../api/fields.ts'
import { accessOf, offerOf, type AccessName, type AskedAccess, type OfferedAccess } from '../../api/accesses.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AccessRequestStatus } from '../../api/kinds/access-request-status.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import type { ExecScope } from '../../decision/kinds/exec/exec-scope.ts'
import type { Line } from '../output/lines.ts'
import type { AccessDescription } from './access-description.ts'
import { execDescription } from './exec-description.ts'
import { roleDescription } from './role-description.ts'
import { shellDescription } from './shell-description.ts'
import { taskDescription } from './task-description.ts'

/** The texts that show people each kind of access. */
export const accessKinds: { readonly [Name in AccessName]: AccessDescription<Name> } = {
  exec: execDescription,
  shell: shellDescription,
  role: roleDescription,
  task: taskDescription,
}

function descriptionOf<Name extends AccessName>({ name }: { readonly name: Name }): AccessDescription<Name> {
  return accessKinds[name]
}

/** Describes in lines what a request asks for. */
export function accessLines(
  spec: AccessRequestSpec,
  status: AccessRequestStatus,
  template: AnyTemplate | undefined,
): readonly Line[] {
  const access = accessOf(spec)
  return access ? linesOf(access, status, scopeOf(spec, template)) : []
}

function linesOf<Name extends AccessName>(
  access: AskedAccess<Name>,
  status: AccessRequestStatus,
  scope: ExecScope | undefined,
): readonly Line[] {
  return descriptionOf(access).request(access.asked, status, scope)
}

/** Returns the part of a spec that asks for the same access again. */
export function accessAgain({ spec, status = {} }: AccessRequest): object {
  const access = accessOf(spec)
  return access ? { [access.name]: sameAgain(access, status) } : {}
}

function sameAgain<Name extends AccessName>(access: AskedAccess<Name>, status: AccessRequestStatus): object {
  return descriptionOf(access).again(access.asked, status)
}

/** Describes in lines what a template offers in a namespace. */
export function offerLines(offered: AnyTemplate['spec']['access'], namespace: string): readonly string[] {
  const offer = offerOf(offered)
  return offer ? linesOfOffer(offer, namespace) : []
}

function linesOfOffer<Name extends AccessName>(offer: OfferedAccess<Name>, namespace: string): readonly string[] {
  return descriptionOf(offer).offer(offer.offered, namespace)
}

/** Returns the names of the values that a template demands and a request lacks, such as the parameters of a task. */
export function lackedValues(spec: AccessRequestSpec, template: AnyTemplate): readonly string[] {
  const [access, offer] = [accessOf(spec), offerOf(template.spec.access)]
  return access && access.name === offer?.name ? lackedBy(access, offer) : []
}

function lackedBy<Name extends AccessName>(
  access: AskedAccess<Name>,
  { offered }: OfferedAccess<Name>,
): readonly string[] {
  return descriptionOf(access).lacks(access.asked, offered)
}

/** Returns the part of a spec that asks for the same access with more values. */
export function withMoreValues(spec: AccessRequestSpec, values: StringMap): object {
  const access = accessOf(spec)
  return access ? { [access.name]: withValuesOf(access, values) } : {}
}

function withValuesOf<Name extends AccessName>(access: AskedAccess<Name>, values: StringMap): object {
  return descriptionOf(access).withValues(access.asked, values)
}

/** Returns what the requestor should think about again, or undefined if there is nothing. */
export function accessWarning(spec: AccessRequestSpec, template: AnyTemplate | undefined): string | undefined {
  const access = accessOf(spec)
  return access && warningOf(access, scopeOf(spec, template))
}

function warningOf<Name extends AccessName>(
  access: AskedAccess<Name>,
  scope: ExecScope | undefined,
): string | undefined {
  return descriptionOf(access).warning(access.asked, scope)
}
