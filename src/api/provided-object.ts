// How objects are marked and named that Sallyport makes for a request.

/** On every object that Sallyport makes for an access: the uid of its request. */
export const requestUidLabel = 'access.sallyport.dev/request-uid'
/** And the name of the request, which may be longer than a label. */
export const requestAnnotation = 'access.sallyport.dev/request'
/** And its namespace, on bindings that are in another or in none. */
export const requestNamespaceAnnotation = 'access.sallyport.dev/request-namespace'

/** Name of what is made for a request. By uid: a request re-created under its name is another one. */
export function providedName(uid: string): string {
  return `sallyport-${uid}`
}

/** An object for a request has this name. Of several bindings each has the name with a number. */
export function isProvidedName(uid: string, name: string): boolean {
  const own = providedName(uid)
  return name === own || (name.startsWith(`${own}-`) && /^\d{1,2}$/.test(name.slice(own.length + 1)))
}
