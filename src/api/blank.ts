/** A character that people can see, as RE2 and JavaScript both read it. */
export const visiblePattern = String.raw`[\p{L}\p{N}\p{P}\p{S}]`

const visible = new RegExp(visiblePattern, 'u')

/** Returns the text; undefined if it is left out, or people see nothing in it: white space, and characters without a shape. */
export function unlessBlank(text: string | undefined): string | undefined {
  return text !== undefined && visible.test(text) ? text : undefined
}
