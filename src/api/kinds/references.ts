import { Type, type Static, type TString } from 'typebox'
import { text } from '../schema/schema.ts'

const name = (description: string): TString => text(253, { minLength: 1, description })
const uid = (description: string): TString => text(64, { minLength: 1, description })

/** A reference to a grant: the name finds it, and the uid tells if it is still the same grant. */
export const GrantRef = Type.Object({ name: name('The name of the grant.'), uid: uid('The uid of the grant.') })

/** A reference to a request of any namespace. */
export const RequestRef = Type.Object({
  namespace: text(63, { minLength: 1, description: 'The namespace of the request.' }),
  name: name('The name of the request.'),
  uid: uid('The uid of the request.'),
})

export type GrantRef = Static<typeof GrantRef>
export type RequestRef = Static<typeof RequestRef>
