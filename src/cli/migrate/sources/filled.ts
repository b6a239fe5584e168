/**
 * Returns an object with one field, or with none if the value is undefined, false, or empty. Sources write an empty
 * value where they mean none. The schemas of Sallyport mostly refuse it.
 */
export function filled<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Field in Name]?: Value } {
  const isEmpty =
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  return isEmpty ? {} : ({ [name]: value } as { readonly [Field in Name]: Value })
}
