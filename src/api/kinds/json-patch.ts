import { Type, type Static } from 'typebox'
import { anyValue, text, words } from '../schema/schema.ts'

const pointer = { maxLength: 1_024, pattern: '^(/([^/~]|~[01])*)*$' }

/** A JSON Patch (RFC 6902) with any of the six operations. `value` is any JSON. */
export const JsonPatch = Type.Array(
  Type.Object({
    op: words(['add', 'remove', 'replace', 'move', 'copy', 'test'], { description: 'The operation of RFC 6902.' }),
    path: text(pointer.maxLength, {
      pattern: pointer.pattern,
      description: 'A JSON pointer into {metadata, spec} of the pod, such as /spec/containers/0/image.',
    }),
    from: Type.Optional(
      text(pointer.maxLength, {
        pattern: pointer.pattern,
        description: 'The JSON pointer to the source. Only move and copy have it.',
      }),
    ),
    value: Type.Optional(anyValue({ description: 'The value. Only add, replace and test have it.' })),
  }),
  {
    maxItems: 64,
    description:
      'A JSON Patch (RFC 6902) of the pod. ' +
      'It is applied after the other fields here and after the amounts of the request.',
  },
)

export type JsonPatchOperation = Static<typeof JsonPatch>[number]
