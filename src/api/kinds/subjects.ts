import { Type, type TArray, type TSchemaOptions } from 'typebox'
import { held } from '../schema/schema.ts'
import { Subject } from '../subject.ts'

const maxSubjects = 32

/** A Subject in a kind: the API server prunes what it does not know, so the schema cannot refuse it. */
const KindSubject = Type.Object(
  Subject.properties,
  held({
    rule: "(self.kind == 'ServiceAccount') == has(self.namespace)",
    message: 'namespace belongs to a ServiceAccount, which needs it, and to nobody else',
  }),
)

/** A list of subjects: whoever is one of them is meant. */
export function subjects(options: TSchemaOptions = {}): TArray<typeof KindSubject> {
  return Type.Array(KindSubject, { minItems: 1, maxItems: maxSubjects, ...options })
}
