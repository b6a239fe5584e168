/**
 * Returns the whole name of an image, as Kubernetes and Docker read a short one. A first part that has a dot or a colon,
 * or is `localhost`, is a registry. Otherwise the registry is Docker Hub, where a single name is in `library`.
 */
export function fullReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/')
  if (rest.length === 0) return `docker.io/library/${reference}`
  return first === 'localhost' || /[.:]/.test(first) ? reference : `docker.io/${reference}`
}
