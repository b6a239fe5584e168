import { Type, type Static } from 'typebox'
import { microTime, text, words } from '../schema/schema.ts'

/** A metav1.Condition with lower bounds. */
export const Condition = Type.Object({
  type: text(316, {
    pattern: '^[A-Za-z]([A-Za-z0-9]*[A-Za-z0-9])?$',
    description: 'The type of the condition, such as Ready.',
  }),
  status: words(['True', 'False', 'Unknown'], { description: 'The status of the condition.' }),
  observedGeneration: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The generation of the object that the condition is about.' }),
  ),
  lastTransitionTime: microTime({ description: 'The time at which the status last changed.' }),
  reason: text(256, {
    minLength: 1,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    description: 'The reason for the status, as one word for programs.',
  }),
  message: text(4096, { description: 'The reason for the status, as a sentence for people.' }),
})

/**
 * A list with one entry for each type, so that `kubectl wait --for=condition=Ready` works and two writers do not
 * collide.
 */
export const Conditions = Type.Array(Condition, {
  maxItems: 16,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  description: 'The conditions of the object, one for each type.',
})

export type Condition = Static<typeof Condition>
