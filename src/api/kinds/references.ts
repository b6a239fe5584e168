import { Type, type Static } from 'typebox'
import { text } from '../schema/schema.ts'

const name = text(253, { minLength: 1 })
const uid = text(64, { minLength: 1 })

/** A grant, by name to find it and by uid to know it again. */
export const GrantRef = Type.Object({ name, uid })

/** A request of any namespace. */
export const RequestRef = Type.Object({ namespace: text(63, { minLength: 1 }), name, uid })

export type GrantRef = Static<typeof GrantRef>
export type RequestRef = Static<typeof RequestRef>
