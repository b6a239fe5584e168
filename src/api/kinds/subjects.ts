import { Type, type TArray, type TSchemaOptions } from 'typebox'
import { held } from '../schema/schema.ts'
import { Subject } from '../subject.ts'

const maxSubjects = 32

/** A Subject in a kind. The API server prunes unknown fields, so this schema cannot refuse them. */
const KindSubject = Type.Object(
  Subject.properties,
  held({
    rule: "(self.kind == 'ServiceAccount') == has(self.namespace)",
    message: 'a ServiceAccount needs a namespace, and only a ServiceAccount may have one',
  }),
)

/** Returns the schema of a list of subjects. The list means every user who is one of them. */
export function subjects(options: TSchemaOptions = {}): TArray<typeof KindSubject> {
  return Type.Array(KindSubject, { minItems: 1, maxItems: maxSubjects, ...options })
}
