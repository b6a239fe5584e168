// Sallyport marks and names the objects that it makes for a request as this file says.

/** The label with the uid of the request. Every object that Sallyport makes for an access has it. */
export const requestUidLabel = 'access.sallyport.dev/request-uid'
/** The annotation with the name of the request, which may be longer than a label. */
export const requestAnnotation = 'access.sallyport.dev/request'
/** The annotation with the namespace of the request. Bindings in another namespace, or in none, have it. */
export const requestNamespaceAnnotation = 'access.sallyport.dev/request-namespace'

/**
 * Returns the name of an object for a request. It holds the uid, because a request that is re-created under its name is
 * another one.
 */
export function providedName(uid: string): string {
  return `sallyport-${uid}`
}

/** Returns true if an object for a request may have this name. Each of several bindings has the name with a number. */
export function isProvidedName(uid: string, name: string): boolean {
  const own = providedName(uid)
  return name === own || (name.startsWith(`${own}-`) && /^\d{1,2}$/.test(name.slice(own.length + 1)))
}
