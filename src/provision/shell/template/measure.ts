const maxCharacters = 262_144
const maxDepth = 64

/** The largest size of a document, for sentences. */
export const measure = `${maxCharacters} characters or ${maxDepth} levels`

/**
 * True if a JSON document is larger or deeper than any pod. A few copies of a patch can double a document without end.
 * Some thousand levels would end any code that walks through them, so this walk gives up in time.
 */
export function isBeyondMeasure(document: unknown): boolean {
  let left = maxCharacters
  const fits = (value: unknown, depth: number): boolean => {
    left -= typeof value === 'string' ? value.length : 1
    if (left < 0 || depth > maxDepth) return false
    if (typeof value !== 'object' || value === null) return true
    return Object.entries(value).every(([key, inner]) => {
      left -= key.length
      return fits(inner, depth + 1)
    })
  }
  return !fits(document, 0)
}
