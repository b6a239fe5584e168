/** A character that people can see, as RE2 and JavaScript both read it. */
export const visiblePattern = String.raw`[\p{L}\p{N}\p{P}\p{S}]`

const visible = new RegExp(visiblePattern, 'u')

/** Tells whether a text has nothing to see in it: white space, and characters without a shape. */
export function isBlank(text: string): boolean {
  return !visible.test(text)
}
