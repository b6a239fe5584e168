import type { TString } from 'typebox'
import { held, text } from '../schema/schema.ts'

/** Returns the schema of an RE2 pattern. The API server compiles it, too. */
export function pattern(description: string): TString {
  // A pattern that does not compile makes the evaluation fail, and the API server then refuses it.
  // `|| true` would be wrong here: it turns an error into true.
  const compiles = { rule: "''.matches(self) in [true, false]", message: 'must be an RE2 expression' }
  return text(256, { minLength: 1, description, ...held(compiles) })
}
