import { Type, type Static, type TObject, type TProperties } from 'typebox'
import { ExecAccess } from './kinds/access/exec-access.ts'
import { ExecTemplate } from './kinds/access/exec-template.ts'
import { RoleAccess, RoleAsk } from './kinds/access/role-access.ts'
import { ShellAccess, ShellAsk } from './kinds/access/shell-access.ts'
import { TaskAsk, TaskTemplate } from './kinds/access/task-access.ts'

/** The kinds of access. A request names exactly one of them, and a template offers exactly one. */
export const accessNames = ['exec', 'shell', 'role', 'task'] as const

/** The problem of a template that offers no access, or several. */
export const oneOffered = `exactly one access must be offered: ${accessNames.join(', ')}`

export type AccessName = (typeof accessNames)[number]

/** The field of each kind of access in the spec of a request. */
export const askedFields = {
  exec: Type.Optional(ExecAccess),
  shell: Type.Optional(ShellAsk),
  role: Type.Optional(RoleAsk),
  task: Type.Optional(TaskAsk),
} satisfies Record<AccessName, TProperties[string]>

/** The field of each kind of access in `spec.access` of a template. */
export const offeredFields = {
  exec: Type.Optional(ExecTemplate),
  shell: Type.Optional(ShellAccess),
  role: Type.Optional(RoleAccess),
  task: Type.Optional(TaskTemplate),
} satisfies Record<AccessName, TProperties[string]>

type AskedFields = Static<TObject<typeof askedFields>>
type OfferedFields = Static<TObject<typeof offeredFields>>

/** A kind of access, and the field in which a request asks for it. */
export interface AskedAccess<Name extends AccessName> {
  readonly name: Name
  readonly asked: NonNullable<AskedFields[Name]>
}

/** A kind of access, and the field in which a template offers it. */
export interface OfferedAccess<Name extends AccessName> {
  readonly name: Name
  readonly offered: NonNullable<OfferedFields[Name]>
}

/** The access that a request asks for: `name` tells the kind of `asked`. */
export type Access = { readonly [Name in AccessName]: AskedAccess<Name> }[AccessName]

/** The access that a template offers: `name` tells the kind of `offered`. */
export type Offer = { readonly [Name in AccessName]: OfferedAccess<Name> }[AccessName]

type Readers<Fields, All> = {
  readonly [Name in AccessName]: (fields: Fields) => Extract<All, { name: Name }> | undefined
}

const askedOf: Readers<AskedFields, Access> = {
  exec: ({ exec }) => exec && { name: 'exec', asked: exec },
  shell: ({ shell }) => shell && { name: 'shell', asked: shell },
  role: ({ role }) => role && { name: 'role', asked: role },
  task: ({ task }) => task && { name: 'task', asked: task },
}

const offeredOf: Readers<OfferedFields, Offer> = {
  exec: ({ exec }) => exec && { name: 'exec', offered: exec },
  shell: ({ shell }) => shell && { name: 'shell', offered: shell },
  role: ({ role }) => role && { name: 'role', offered: role },
  task: ({ task }) => task && { name: 'task', offered: task },
}

/**
 * Returns the access that a request asks for.
 * @param spec the `spec` of an AccessRequest
 * @returns undefined unless the request names exactly one access that this version knows. A request of another version
 * may name none, or two.
 */
export function accessOf(spec: AskedFields): Access | undefined {
  return only(accessNames.map((name) => askedOf[name](spec)))
}

/**
 * Returns the access that a template offers.
 * @param access the `spec.access` of a template
 * @returns undefined unless the template offers exactly one access that this version knows
 */
export function offerOf(access: OfferedFields): Offer | undefined {
  return only(accessNames.map((name) => offeredOf[name](access)))
}

function only<T>(found: readonly (T | undefined)[]): T | undefined {
  const [first, ...others] = found.filter((one) => one !== undefined)
  return others.length === 0 ? first : undefined
}
