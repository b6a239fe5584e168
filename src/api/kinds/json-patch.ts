import { Type, type Static } from 'typebox'
import { anyValue, text, words } from '../schema/schema.ts'

const pointer = { maxLength: 1_024, pattern: '^(/([^/~]|~[01])*)*$' }

/** RFC 6902, all six operations. `value` is any JSON. */
export const JsonPatch = Type.Array(
  Type.Object({
    op: words(['add', 'remove', 'replace', 'move', 'copy', 'test']),
    path: text(pointer.maxLength, {
      pattern: pointer.pattern,
      description: 'JSON pointer into {metadata, spec} of the pod: /spec/containers/0/image.',
    }),
    from: Type.Optional(text(pointer.maxLength, { pattern: pointer.pattern, description: 'Of move and copy.' })),
    value: Type.Optional(anyValue({ description: 'Of add, replace and test.' })),
  }),
  { maxItems: 64 },
)

export type JsonPatchOperation = Static<typeof JsonPatch>[number]
