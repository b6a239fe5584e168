/** The API group of an apiVersion; the core group, of `v1`, is the empty one. */
export function apiGroupOf({ apiVersion }: { readonly apiVersion: string }): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
