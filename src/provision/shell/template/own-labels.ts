import type { StringMap } from '../../../api/fields.ts'
import { say } from '../../../decision/text/sentence.ts'

// Labels and annotations under it are read as Sallyport's.
const ownDomain = 'access.sallyport.dev'
const managedBy = 'app.kubernetes.io/managed-by'

function isOwnKey(key: string): boolean {
  const [domain = ''] = key.split('/')
  return key === managedBy || domain === ownDomain || domain.endsWith(`.${ownDomain}`)
}

export function withoutOwnKeys(map: StringMap): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !isOwnKey(key)))
}

/** @param field that holds the map, for the sentence */
export function ownKeyProblems(field: string, map: StringMap = {}): readonly string[] {
  return Object.keys(map)
    .filter(isOwnKey)
    .map((key) => say`${field} sets ${key}, which is Sallyport's own: leave it out`)
}

// Set by workload controllers on their pods beside the template's labels: Services select single pods by them.
const controllerKeys =
  /^((statefulset|apps|batch)\.kubernetes\.io\/.*|(rollouts-)?pod-template-hash|controller-revision-hash|job-name|controller-uid)$/

/** @param workload labels of what the pod is made after: with one pair of them a Service could select it */
export function sharedLabelProblems(labels: StringMap, workload: StringMap = {}): readonly string[] {
  return Object.entries(labels)
    .filter(([key, value]) => controllerKeys.test(key) || (Object.hasOwn(workload, key) && workload[key] === value))
    .map(([key, value]) => {
      const pair = `${key}=${value}`
      return say`the pod would have the label ${pair} of what it is made after: a Service could send it traffic`
    })
}
