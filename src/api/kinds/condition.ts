import { Type, type Static } from 'typebox'
import { microTime, text, words } from '../schema/schema.ts'

/** metav1.Condition, with its bounds lowered. */
export const Condition = Type.Object({
  type: text(316, { pattern: '^[A-Za-z]([A-Za-z0-9]*[A-Za-z0-9])?$' }),
  status: words(['True', 'False', 'Unknown']),
  observedGeneration: Type.Optional(Type.Integer({ minimum: 0 })),
  lastTransitionTime: microTime(),
  reason: text(256, { minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
  message: text(4096),
})

/** A list with one entry a type, so that `kubectl wait --for=condition=Ready` works and two writers do not collide. */
export const Conditions = Type.Array(Condition, {
  maxItems: 16,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
})

export type Condition = Static<typeof Condition>
