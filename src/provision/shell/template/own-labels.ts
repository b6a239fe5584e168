import type { StringMap } from '../../../api/fields.ts'
import { say } from '../../../decision/text/sentence.ts'

// Sallyport reads labels and annotations under this domain as its own.
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
    .map((key) => say`${field} sets ${key}, which only Sallyport may set: leave it out`)
}

// Workload controllers set these on their pods beside the template's labels. Services select single pods by them.
const controllerKeys =
  /^((statefulset|apps|batch)\.kubernetes\.io\/.*|(rollouts-)?pod-template-hash|controller-revision-hash|job-name|controller-uid)$/

/** @param workload the labels of the source of the pod: with one pair of them a Service could select the pod */
export function sharedLabelProblems(labels: StringMap, workload: StringMap = {}): readonly string[] {
  return Object.entries(labels)
    .filter(([key, value]) => controllerKeys.test(key) || (Object.hasOwn(workload, key) && workload[key] === value))
    .map(([key, value]) => {
      const pair = `${key}=${value}`
      return say`the pod would have the label ${pair} of the pod template: a Service could send it traffic`
    })
}
